// What Slurm's programs print, and what they are given: read and written exactly, whatever stands
// between.
#include "engine/agent/slurm/job_states.hpp"
#include "engine/agent/slurm/slurm_answers.hpp"
#include "engine/agent/slurm/slurm_words.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace outrider;
using namespace outrider::agent;

batch_words words_for(const protocol::slurm_job& options,
                      const std::string& directory = "/h/runs/a") {
    job_record record{.name = "a", .agent = "/h/cache/agent", .options = options};
    auto words = words_of_job({directory}, record, {"guild", "run", "s=it's\n#SBATCH -a 1"});
    BOOST_REQUIRE_MESSAGE(words.has_value(), "the words are refused");
    return std::move(*words);
}

bool has_word(const batch_words& in, const std::string& word) {
    return std::ranges::find(in.words, word) != in.words.end();
}

} // namespace

BOOST_AUTO_TEST_SUITE(slurm_answers)

BOOST_AUTO_TEST_CASE(rows_of_squeue_are_read_between_other_lines) {
    const auto rows = read_squeue("Welcome to the cluster | ask us | for | help | any | time\n"
                                  "39|FAILED|NonZeroExitCode|1790000000|node1|a|b|c\n"
                                  "3_2|PENDING|Nodes required for job are DOWN, DRAINED|N/A||arr\n"
                                  "slurm_load_jobs error: x\n"
                                  "12|running|None|1|n|lower\n"
                                  "|RUNNING|None|1|n|x\n"
                                  "7|RUNNING|None\n");
    BOOST_REQUIRE(rows.size() == 2U);
    BOOST_TEST(rows[0].id == "39");
    BOOST_TEST(rows[0].name == "a|b|c");
    BOOST_TEST(rows[0].start_s == 1'790'000'000);
    BOOST_TEST(rows[1].id == "3_2");
    BOOST_TEST(rows[1].start_s == 0);
    BOOST_TEST(rows[1].reason == "Nodes required for job are DOWN, DRAINED");
}

BOOST_AUTO_TEST_CASE(an_id_that_a_name_forges_is_not_believed) {
    const auto rows = read_squeue("5|RUNNING|None|1|n|evil\n6|FAILED|None|1|n|victim\n"
                                  "6|RUNNING|None|1|n|victim\n");
    BOOST_REQUIRE(rows.size() == 1U);
    BOOST_TEST(rows[0].id == "5");
}

BOOST_AUTO_TEST_CASE(sacct_tells_who_cancelled_in_its_state) {
    const auto rows = read_sacct("7|CANCELLED by 0|None|1790000000|None assigned|a\n"
                                 "9_[1-2,4%1]|PENDING|None|Unknown|None assigned|b\n");
    BOOST_REQUIRE(rows.size() == 1U);
    BOOST_TEST(rows[0].state == "CANCELLED");
    BOOST_TEST(rows[0].node == "");
    BOOST_TEST(accounts_are_off("Slurm accounting storage is disabled\n"));
}

BOOST_AUTO_TEST_CASE(the_id_of_a_submission_is_its_last_line_of_digits) {
    BOOST_TEST(read_job_id("Banner 2026\n12;bed\n").value_or("") == "12");
    BOOST_TEST(read_job_id("12\nsbatch: warning: x\n").value_or("") == "12");
    BOOST_TEST(!read_job_id("Submitted batch job 12\n"));
    BOOST_TEST(!read_job_id(""));
}

BOOST_AUTO_TEST_CASE(only_known_words_are_a_refusal) {
    const auto outcome = [](int code, const char* text) { return outcome_of_sbatch(code, text); };
    BOOST_CHECK(outcome(0, "12\n") == submit_outcome::taken);
    BOOST_CHECK(outcome(0, "hello\n") == submit_outcome::unclear);
    BOOST_CHECK(outcome(255, "sbatch: unrecognized option '--x'\n") == submit_outcome::refused);
    BOOST_CHECK(outcome(1, "sbatch: error: Batch job submission failed: Invalid partition name "
                           "specified\n") == submit_outcome::refused);
    BOOST_CHECK(outcome(1, "sbatch: error: Batch job submission failed: Socket timed out on "
                           "send/recv operation\n") == submit_outcome::unclear);
    BOOST_CHECK(outcome(-9, "") == submit_outcome::unclear);
    BOOST_TEST(words_of_failure("hi\nsbatch: error: Batch job submission failed: No way\n") ==
               "hi; No way");
}

BOOST_AUTO_TEST_CASE(values_of_the_configuration) {
    const std::string text = "Configuration data\nKillWait                = 30 sec\n"
                             "MinJobAge = 5 sec\nKillWaitX = 7\nClusterName = bed\n";
    BOOST_TEST(config_number(text, "KillWait", 1) == 30);
    BOOST_TEST(config_number(text, "Nothing", 1) == 1);
    BOOST_TEST(config_value(text, "ClusterName") == "bed");
}

BOOST_AUTO_TEST_CASE(a_script_ends_in_the_supervisor_and_holds_no_option_of_others) {
    const auto made = words_for({.partition = "dev",
                                 .gpus = "a100:2",
                                 .directives = {"--nice=10 --exclusive"},
                                 .setup = {"module load cuda"}},
                                "/home/a b/$x/runs/a");
    BOOST_TEST(has_word(made, "--partition=dev"));
    BOOST_TEST(has_word(made, "--gres=gpu:a100:2"));
    BOOST_TEST(has_word(made, "--no-requeue"));
    BOOST_TEST(has_word(made, "--job-name=a"));
    BOOST_TEST(has_word(made, "--chdir=/home/a b/$x/runs/a"));
    BOOST_TEST(made.script.starts_with("#!/bin/bash\n#SBATCH --nice=10 --exclusive\n"
                                       "cd '/home/a b/$x/runs/a' || exit 1\n"));
    BOOST_TEST(made.script.find("\nmodule load cuda\nexec /h/cache/agent guild run ") !=
               std::string::npos);
    BOOST_TEST(made.script.find("\n#SBATCH -a") == std::string::npos);
    BOOST_TEST(made.script.ends_with("\n"));
}

BOOST_AUTO_TEST_CASE(options_that_would_lose_the_job_are_refused) {
    const auto refuses = [](const protocol::slurm_job& options) {
        const job_record record{.name = "a", .agent = "/a", .options = options};
        return !words_of_job({"/h/runs/a"}, record, {});
    };
    for (const char* directive :
         {"--array=0-3", "-a 0-3", "--export=NONE", "--job-name=x", "-J x", "-D /", "--wrap=x",
          "--nice\n#SBATCH -a 1", "exclusive", "", "--nice --array 1"}) {
        BOOST_TEST_CONTEXT(directive) {
            BOOST_TEST(refuses({.directives = {directive}}));
        }
    }
    BOOST_TEST(refuses({.partition = "dev\n"}));
    BOOST_TEST(!refuses({.directives = {"--nice=5"}}));
}

BOOST_AUTO_TEST_CASE(defaults_of_the_user_for_slurms_programs_do_not_count) {
    const auto got = slurm_environment({{"SQUEUE_STATES", "RUNNING"},
                                        {"SBATCH_PARTITION", "x"},
                                        {"SLURM_CONF", "/c"},
                                        {"PATH", "/bin"}});
    BOOST_TEST(!got.contains("SQUEUE_STATES"));
    BOOST_TEST(!got.contains("SBATCH_PARTITION"));
    BOOST_TEST(got.at("SLURM_CONF") == "/c");
    BOOST_TEST(got.at("SLURM_TIME_FORMAT") == "%s");
}

BOOST_AUTO_TEST_CASE(states_mean_what_they_say) {
    BOOST_CHECK(life_of("PENDING") == job_life::waits);
    BOOST_CHECK(life_of("COMPLETING") == job_life::runs);
    BOOST_CHECK(life_of("OUT_OF_MEMORY") == job_life::ended);
    BOOST_CHECK(life_of("HIBERNATING") == job_life::unknown);
    BOOST_TEST(words_of_wait("Resources", "12") ==
               "job 12 is queued: waits until nodes are free (Resources)");
    BOOST_TEST(words_of_wait("None", "12") == "job 12 is queued");
    BOOST_TEST(words_of_wait("Strange", "12") == "job 12 is queued: Strange");
    BOOST_TEST(words_of_end("TIMEOUT", "TimeLimit", "node1").kind == "time_limit");
    BOOST_TEST(words_of_end("NODE_FAIL", "NodeDown", "node1").text.find("may still run on node1") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
