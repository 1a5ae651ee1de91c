#include "engine/commands/machines/slurm_findings.hpp"
#include "engine/commands/starting/job_choice.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace outrider;

namespace {

machine_survey healthy_cluster() {
    machine_survey out;
    out.job = protocol::slurm_job{};
    out.report.guild_home = {
        .path = "/scratch/.guild", .exists = true, .file_system = "nfs", .shared = true};
    out.slurm =
        protocol::slurm_report{.version = "22.05.8",
                               .cluster = "bed",
                               .accounts = true,
                               .kill_wait_s = 30,
                               .min_job_age_s = 300,
                               .partitions = {{"dev", true, "up", "1:00:00", "2 idle"},
                                              {"long", false, "down", "7-00:00:00", "2 idle"}}};
    return out;
}

finding cluster_finding(const machine_survey& survey, const std::string& name) {
    const auto all = slurm_findings(survey);
    const auto found = std::ranges::find(all, name, &finding::name);
    BOOST_REQUIRE_MESSAGE(found != all.end(), "no finding " + name);
    return *found;
}

target cluster_target() {
    return {.remote = "cluster", .job = protocol::slurm_job{.partition = "dev", .time = "10"}};
}

std::string refusal(target at, const run_command& what) {
    const auto chosen = choose_job(at, what);
    return chosen ? "none" : chosen.error().context;
}

} // namespace

BOOST_AUTO_TEST_SUITE(clusters)

BOOST_AUTO_TEST_CASE(nothing_is_wrong_with_a_healthy_one) {
    for (const auto& each : slurm_findings(healthy_cluster())) {
        BOOST_TEST_CONTEXT(each.name) {
            BOOST_CHECK(each.level == finding_level::good);
        }
    }
    BOOST_TEST(cluster_finding(healthy_cluster(), "slurm").what ==
               "Slurm 22.05.8 of cluster bed answers");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_found) {
    const struct {
        const char* name;
        void (*change)(machine_survey&);
        finding_level level;
        const char* part;
    } cases[] = {
        {"slurm", [](machine_survey& s) { s.slurm->version.clear(); }, finding_level::problem,
         "no sbatch"},
        {"slurm", [](machine_survey& s) { s.slurm->trouble = "Unable to contact"; },
         finding_level::problem, "gives no answer: Unable to contact"},
        {"slurm",
         [](machine_survey& s) {
             s.slurm.reset();
             s.slurm_failure = "no answer";
         },
         finding_level::problem, "could not be asked: no answer"},
        {"partition", [](machine_survey& s) { s.job->partition = "gpu"; }, finding_level::problem,
         "there is no partition gpu"},
        {"partition", [](machine_survey& s) { s.job->partition = "long"; }, finding_level::warning,
         "partition long is down"},
        {"partition", [](machine_survey& s) { s.slurm->partitions[0].is_default = false; },
         finding_level::problem, "no default partition"},
        {"accounting",
         [](machine_survey& s) {
             s.slurm->accounts = false;
             s.slurm->min_job_age_s = 5;
         },
         finding_level::warning, "forgotten after 5 s"},
        {"kill_wait", [](machine_survey& s) { s.slurm->kill_wait_s = 5; }, finding_level::warning,
         "5 s to end"},
        {"work",
         [](machine_survey& s) {
             s.report.guild_home.shared = false;
             s.report.guild_home.file_system = "ext4";
         },
         finding_level::warning, "a disk of this machine alone"},
    };
    for (const auto& c : cases) {
        auto survey = healthy_cluster();
        c.change(survey);
        const auto got = cluster_finding(survey, c.name);
        BOOST_TEST_CONTEXT(c.part) {
            BOOST_CHECK(got.level == c.level);
            BOOST_TEST(got.what.find(c.part) != std::string::npos);
            BOOST_TEST(!got.cure.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(several_partitions_are_left_to_slurm) {
    auto survey = healthy_cluster();
    survey.job->partition = "dev,gpu";
    BOOST_CHECK(cluster_finding(survey, "partition").level == finding_level::good);
}

BOOST_AUTO_TEST_CASE(facts_name_partitions_and_why_slurm_is_silent) {
    std::vector<machine_fact> facts;
    auto survey = healthy_cluster();
    add_slurm_facts(survey, facts);
    BOOST_REQUIRE(facts.size() == 3);
    BOOST_TEST(facts[0].value == "22.05.8 (cluster bed)");
    BOOST_TEST(facts[1].value ==
               "dev* up, at most 1:00:00: 2 idle\nlong down, at most 7-00:00:00: 2 idle");
    facts.clear();
    survey.slurm->trouble = "down";
    add_slurm_facts(survey, facts);
    BOOST_REQUIRE(facts.size() == 1);
    BOOST_TEST(facts[0].value == "22.05.8 (cluster bed), gives no answer: down");
    facts.clear();
    survey.job.reset();
    add_slurm_facts(survey, facts);
    BOOST_TEST(facts.empty());
}

BOOST_AUTO_TEST_CASE(options_of_a_run_stand_over_those_of_its_remote) {
    auto at = cluster_target();
    at.job->directives = {"--nice=10"};
    BOOST_REQUIRE(
        choose_job(at, {.job = {.time = "1:00", .sbatch = {"#SBATCH --exclusive"}}}).has_value());
    BOOST_TEST(at.job->time == "1:00");
    BOOST_TEST(at.job->partition == "dev");
    BOOST_TEST(at.job->directives == (std::vector<std::string>{"--nice=10", "--exclusive"}),
               boost::test_tools::per_element());
    BOOST_TEST(!at.job_as_recorded);
    at = cluster_target();
    BOOST_REQUIRE(choose_job(at, {.trials = {.parallel = 4}}).has_value());
    BOOST_TEST(at.job->array_limit == 4);
    BOOST_TEST(at.job_as_recorded);
}

BOOST_AUTO_TEST_CASE(what_makes_no_job_is_refused) {
    BOOST_TEST(refusal({.remote = "gpu1"}, {.job = {.time = "5"}}) ==
               "--time, --partition and --sbatch are for jobs of Slurm, and runs on gpu1 are "
               "none\nUse '-r' with a remote of 'type: slurm'.");
    BOOST_TEST(refusal({}, {.job = {.partition = "a"}}).find("of this machine are none") !=
               std::string::npos);
    BOOST_TEST(refusal({}, {}) == "none");
    BOOST_TEST(refusal(cluster_target(), {.job = {.sbatch = {"--array=1-3"}}})
                   .find("--array=1-3 cannot be set") != std::string::npos);
    BOOST_TEST(refusal(cluster_target(), {.job = {.sbatch = {"nice"}}})
                   .find("has to be options of sbatch") != std::string::npos);
    BOOST_TEST(refusal(cluster_target(), {.job = {.time = "5\nx"}}).find("one line") !=
               std::string::npos);
    BOOST_TEST(refusal(cluster_target(), {.gpus = "0"}).find("--gpus cannot be used") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
