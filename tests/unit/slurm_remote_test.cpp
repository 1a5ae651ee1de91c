#include "engine/config/config.hpp"
#include "engine/config/slots.hpp"
#include "tests/support/temporary_directory.hpp"
#include "transports/slurm/slurm_remote.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

/// A configuration with one remote, `c`, of the type.
struct cluster_config {
    testing::temporary_directory scratch;

    result<remote> with(const std::string& keys) {
        command_context context;
        context.directory = scratch / "";
        context.environment["HOME"] = scratch / "";
        scratch.write(".guild/config.yml", "remotes:\n  c:\n    type: slurm\n" + keys);
        auto loaded = load_config(context);
        BOOST_REQUIRE_MESSAGE(loaded.has_value(), loaded.error().context);
        return find_remote(*loaded, remote_types({&slurm_remote_type()}), "c");
    }
    slurm_rules rules(const std::string& keys) {
        const auto got = with("    host: login\n" + keys);
        BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().context);
        return *remote_types({&slurm_remote_type()}).slurm_of(*got);
    }
    std::string error(const std::string& keys) {
        const auto got = with(keys);
        return got ? "no error" : got.error().context.substr(0, got.error().context.find(" (in "));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(slurm_remotes, cluster_config)

BOOST_AUTO_TEST_CASE(keys_become_the_words_of_sbatch) {
    const auto got = rules("    partition: gpu\n    account: lab\n    qos: high\n"
                           "    time: '2:00:00'\n    gpus: a100:1\n    mem: 16G\n    cpus: 4\n"
                           "    constraint: fast\n    requeue: yes\n    array-limit: 8\n"
                           "    sbatch: ['--nice=10', '#SBATCH --exclusive']\n"
                           "    setup: |\n      module load cuda\n\n      export A=1\n"
                           "    poll: 60\n");
    BOOST_TEST(got.job.partition == "gpu");
    BOOST_TEST(got.job.account == "lab");
    BOOST_TEST(got.job.qos == "high");
    BOOST_TEST(got.job.time == "2:00:00");
    BOOST_TEST(got.job.gpus == "a100:1");
    BOOST_TEST(got.job.mem == "16G");
    BOOST_TEST(got.job.cpus == "4");
    BOOST_TEST(got.job.constraint == "fast");
    BOOST_TEST(got.job.requeue);
    BOOST_TEST(got.job.array_limit == 8);
    BOOST_TEST(got.job.directives == (std::vector<std::string>{"--nice=10", "--exclusive"}),
               boost::test_tools::per_element());
    BOOST_TEST(got.job.setup == (std::vector<std::string>{"module load cuda", "export A=1"}),
               boost::test_tools::per_element());
    BOOST_TEST(got.poll_ms == 60'000);
}

BOOST_AUTO_TEST_CASE(what_is_not_said_is_left_to_the_cluster) {
    const auto got = rules("    requeue: no\n");
    BOOST_TEST(got.job.time.empty());
    BOOST_TEST(got.job.gpus.empty());
    BOOST_TEST(!got.job.requeue);
    BOOST_TEST(got.job.directives.empty());
    BOOST_TEST(got.job.array_limit == 0);
    BOOST_TEST(got.poll_ms == 30'000);
}

BOOST_AUTO_TEST_CASE(gpus_of_a_cluster_are_not_shared_out_among_trials) {
    const auto got = with("    host: login\n    gpus: 2\n").value();
    BOOST_TEST(slots_of(got).gpus.empty());
    BOOST_TEST(slurm_remote_type().slurm_of(got).job.gpus == "2");
}

BOOST_AUTO_TEST_CASE(runs_live_below_work_unless_a_home_is_given) {
    BOOST_TEST(with("    host: h\n").value().guild_home == ".guild");
    BOOST_TEST(with("    host: h\n    work: /scratch/ann/\n").value().guild_home ==
               "/scratch/ann/.guild");
    BOOST_TEST(with("    host: h\n    work: $HOME/w\n").value().guild_home == "~/w/.guild");
    BOOST_TEST(with("    host: h\n    work: /w\n    guild-home: /g\n").value().guild_home == "/g");
    BOOST_TEST(with("    host: h\n    work: /w\n    venv-path: /v\n").value().guild_home ==
               "/w/.guild");
}

BOOST_AUTO_TEST_CASE(the_login_node_is_a_host_or_this_machine) {
    BOOST_TEST(with("    host: h\n    port: 2222\n    user: ann\n").value().address == "h");
    const auto here = with("    local: yes\n").value();
    BOOST_TEST(here.address.empty());
    BOOST_TEST(slurm_remote_type().by_hand(here) == "sh");
    BOOST_TEST(error("    partition: x\n") ==
               "remote c is missing required config: host (of a login node; or 'local: yes', if "
               "this machine is one)");
    BOOST_TEST(error("    local: no\n").starts_with("remote c is missing required config: host"));
    BOOST_TEST(error("    host: h\n    local: yes\n") ==
               "remote c: 'host' and 'local: yes' cannot both be set");
}

// YAML 1.1 reads 2:00:00 as 7200, which Slurm would take for five days.
BOOST_AUTO_TEST_CASE(a_time_that_yaml_may_have_changed_is_refused) {
    BOOST_TEST(rules("    time: 30\n").job.time == "30");
    BOOST_TEST(rules("    time: '90'\n").job.time == "90");
    BOOST_TEST(rules("    time: 2-00:00:00\n").job.time == "2-00:00:00");
    BOOST_TEST(rules("    time: 00:10:00\n").job.time == "00:10:00");
    for (const char* time : {"2:00:00", "1:30", "90"}) {
        BOOST_TEST(error(std::string("    host: h\n    time: ") + time + "\n") ==
                   "remote c: time must be text, in quotes: '2:00:00', '90' (YAML takes a time "
                   "without quotes for a number)");
    }
}

BOOST_AUTO_TEST_CASE(values_that_make_no_sense_are_named) {
    BOOST_TEST(error("    host: h\n    requeue: often\n") == "remote c: requeue must be yes or no");
    BOOST_TEST(error("    host: h\n    setup: [1]\n") == "remote c: setup must be a list of texts");
    BOOST_TEST(error("    host: h\n    array-limit: 0\n")
                   .starts_with("remote c: array-limit must be a number from 1"));
    BOOST_TEST(error("    host: h\n    host-keys: lax\n").starts_with("remote c: host-keys must"));
    BOOST_TEST(error("    host: h\n    work: $SCRATCH/x\n").starts_with("remote c: work "));
}

BOOST_AUTO_TEST_CASE(a_directive_may_be_the_whole_line) {
    BOOST_TEST(sbatch_directive("#SBATCH --nice=10 ") == "--nice=10");
    BOOST_TEST(sbatch_directive("  --exclusive") == "--exclusive");
    BOOST_TEST(sbatch_directive("").empty());
}

BOOST_AUTO_TEST_SUITE_END()
