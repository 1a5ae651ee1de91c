// Runs that are jobs, with stand-ins for Slurm's programs that lag, fail, lie and print banners: no
// false end, no second job, and everything said.
#include "tests/support/slurm_scene.hpp"

#include <sys/wait.h>

#include <algorithm>

namespace {

using namespace outrider;
using namespace outrider::testing;
using agent::job_phase;

/// Programs called as Slurm's, each a script that notes its arguments and does what its `.do` file
/// says. sbatch keeps the script that it was given.
struct stand_ins : slurm_scene {
    stand_ins() : slurm_scene({}) {
        fs::create_directories(bin);
        for (const char* name : {"sbatch", "squeue", "scancel", "sacct", "scontrol", "sinfo"}) {
            const std::string path = bin / name;
            write_file(path,
                       "#!/bin/sh\nF=" + bin.native() + "\necho \"$*\" >> $F/" + name +
                           ".log\n[ ! -f $F/" + name + ".do ] || . $F/" + name + ".do\n",
                       0755);
        }
        variables = {{"PATH", bin.native() + ":/usr/bin:/bin"}};
        does("sbatch", "cat > $F/script.new; mv $F/script.new $F/script; echo 17");
        does("squeue", "cat $F/rows 2>/dev/null; true");
        does("scontrol", "echo 'KillWait = 5 sec'");
        does("sacct", "echo 'Slurm accounting storage is disabled' >&2; exit 1");
    }

    fs::path bin = root / "bin";

    void does(const std::string& program, const std::string& script) const {
        write_file(bin / (program + ".new"), script + "\n");
        fs::rename(bin / (program + ".new"), bin / (program + ".do"));
    }
    /// What squeue says from now on, whoever asks next.
    void rows(const std::string& text) const {
        write_file(bin / "rows.new", text);
        fs::rename(bin / "rows.new", bin / "rows");
    }
    [[nodiscard]] std::size_t calls(const std::string& program) const {
        const auto log = read_file(bin / (program + ".log"));
        return static_cast<std::size_t>(std::ranges::count(log, '\n'));
    }
    /// Runs the submitted script as the job of that id, to its end.
    [[nodiscard]] int run_job(const std::string& id, const std::string& name,
                              const std::string& more = "") const {
        const std::string command = "env SLURM_JOB_ID=" + id + " SLURM_JOB_NAME=" + name +
                                    " SLURMD_NODENAME=node1 " + more + " PATH=" + bin.native() +
                                    ":$PATH sh " + (bin / "script").native() + " 2>/dev/null";
        const int status = std::system(command.c_str());
        return WEXITSTATUS(status);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_slurm)

BOOST_FIXTURE_TEST_CASE(a_run_is_submitted_and_waits_and_runs_in_its_job, stand_ins) {
    const auto agent = this->agent();
    rows("17|PENDING|Resources|N/A||a\n");
    auto request = job("a", "echo hello; exit 3");
    request.slurm->partition = "dev";
    const auto reply = agent->call(request);
    BOOST_CHECK(status_of(reply.run).state == run_state::pending);
    BOOST_TEST(record("a").job_id == "17");
    BOOST_CHECK(record("a").phase == job_phase::submitted);
    BOOST_TEST(read_file(bin / "sbatch.log").find("--partition=dev") != std::string::npos);
    BOOST_TEST(eventually([&] {
        return status(*agent, "a").reason ==
               "job 17 is queued: waits until nodes are free (Resources)";
    }));
    BOOST_TEST(run_job("17", "a") == 0);
    const auto ended = status(*agent, "a");
    BOOST_CHECK(ended.state == run_state::error);
    BOOST_TEST(ended.exit_status.value_or(0) == 3);
    BOOST_TEST(content(run("a").output()) == "hello\n");
    BOOST_TEST(record("a").taken_by == "17");
    BOOST_TEST(calls("sbatch") == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_slurm_refuses_is_no_run_and_said_in_its_words, stand_ins) {
    const auto agent = this->agent();
    does("sbatch", "echo 'sbatch: error: Batch job submission failed: Invalid partition name "
                   "specified' >&2; exit 1");
    const auto told = agent->refuse(job("a", "true"));
    BOOST_TEST(told.code == "start_failed");
    BOOST_TEST(told.context == "Slurm refused the job: Invalid partition name specified");
    BOOST_TEST(!fs::exists(run("a").directory));
}

BOOST_FIXTURE_TEST_CASE(a_submission_whose_answer_was_lost_is_found_by_its_name, stand_ins) {
    const auto agent = this->agent();
    rows("18|RUNNING|None|1|node1|a\n19|RUNNING|None|1|node1|b\n");
    does("sbatch", "cat > $F/script; echo 'sbatch: error: Batch job submission failed: Socket "
                   "timed out on send/recv operation' >&2; exit 1");
    const auto reply = agent->call(job("a", "true"));
    BOOST_TEST(reply.warning == "");
    BOOST_TEST(record("a").job_id == "18");
    BOOST_TEST(calls("sbatch") == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_repeated_start_submits_nothing_again, stand_ins) {
    const auto agent = this->agent();
    std::ignore = agent->call(job("a", "true"));
    const auto again = agent->call(job("a", "true"));
    BOOST_TEST(again.existed);
    BOOST_TEST(calls("sbatch") == 1U);
    // Not by a start in place either, as long as Slurm may have it.
    const auto told = agent->refuse(protocol::start_staged{.home = home.native(), .run_id = "a"});
    BOOST_TEST(told.code == "conflict");
    BOOST_TEST(calls("sbatch") == 1U);
}

BOOST_FIXTURE_TEST_CASE(killed_while_it_submits_it_leaves_a_run_that_the_job_takes, stand_ins) {
    const std::string go = bin / "go";
    does("sbatch", "cat > $F/script; touch $F/begun; while [ ! -e $F/go ]; do sleep 0.05; done");
    {
        const auto first = this->agent();
        first->send(job("a", "echo once"));
        BOOST_REQUIRE(eventually([&] { return fs::exists(bin / "begun"); }));
        first->kill_now();
    }
    write_file(go, "");
    BOOST_CHECK(record("a").phase == job_phase::submitting);
    const auto second = this->agent();
    const auto now = status(*second, "a");
    BOOST_CHECK(now.state == run_state::pending);
    BOOST_TEST(now.reason.find("submission was cut off") != std::string::npos, now.reason);
    BOOST_TEST(second->call(job("a", "echo once")).existed);
    BOOST_TEST(calls("sbatch") == 1U);
    BOOST_TEST(run_job("21", "a") == 0);
    BOOST_CHECK(status(*second, "a").state == run_state::completed);
    BOOST_TEST(record("a").job_id == "21");
}

BOOST_FIXTURE_TEST_CASE(a_job_that_the_record_does_not_mean_does_nothing, stand_ins) {
    const auto agent = this->agent();
    std::ignore = agent->call(job("a", "echo ran"));
    BOOST_TEST(run_job("18", "a") != 0); // another id
    BOOST_TEST(run_job("17", "b") != 0); // another name: the id was given out again
    BOOST_TEST(!fs::exists(run("a").output()));
    BOOST_TEST(run_job("17", "a") == 0);
    BOOST_TEST(run_job("17", "a") != 0); // twice
    BOOST_TEST(content(run("a").output()) == "ran\n");
    // Slurm has started it again.
    BOOST_TEST(run_job("17", "a", "SLURM_RESTART_COUNT=1") == 0);
    BOOST_TEST(record("a").restarts == 1);
    BOOST_CHECK(status(*agent, "a").state == run_state::completed);
}

BOOST_FIXTURE_TEST_CASE(answers_that_fail_lag_or_say_nothing_end_nothing, stand_ins) {
    const auto agent = this->agent();
    rows("17|RUNNING|None|1|node1|a\n");
    std::ignore = agent->call(job("a", "true"));
    write(run("a").lock(), "1"); // as if it ran on a node
    fs::remove(run("a").pending());
    BOOST_REQUIRE(eventually([&] {
        const auto now = status(*agent, "a");
        return now.state == run_state::running && now.reason.empty();
    }));
    const auto says = [&](const std::string& part) {
        return eventually([&] {
            const auto now = status(*agent, "a");
            BOOST_REQUIRE(now.state == run_state::running);
            return now.reason.find(part) != std::string::npos;
        });
    };
    does("squeue", "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1");
    BOOST_TEST(says("Unable to contact slurm controller"));
    does("squeue", "echo Welcome to the cluster");
    BOOST_TEST(says("does not know job 17"));
    rows("17|RUNNING|None|1|node1|somebody-else\n");
    does("squeue", "cat $F/rows");
    BOOST_TEST(says("does not know job 17"));
    rows("17|HIBERNATING|None|1|node1|a\n");
    BOOST_TEST(says("HIBERNATING"));
    rows("17|COMPLETED|None|1|node1|a\n");
    BOOST_TEST(says("exit status is not here yet"));
    write(run("a").attribute("exit_status"), "0\n");
    fs::remove(run("a").lock());
    BOOST_CHECK(status(*agent, "a").state == run_state::completed);
    BOOST_TEST(calls("sacct") <= 1U); // accounting is off: never again
}

BOOST_FIXTURE_TEST_CASE(a_stop_cancels_and_is_over_when_slurm_says_so, stand_ins) {
    const auto agent = this->agent();
    rows("17|PENDING|Resources|N/A||a\n");
    std::ignore = agent->call(job("a", "true"));
    does("scancel", "echo '17|CANCELLED|None|N/A||a' > $F/rows.new; mv $F/rows.new $F/rows");
    const auto reply = agent->call(stop("a"));
    BOOST_TEST(reply.was_running);
    BOOST_TEST(reply.survivors.empty());
    const auto status = status_of(reply.run);
    BOOST_CHECK(status.state == run_state::terminated);
    BOOST_TEST(status.reason == "stopped by ann, before it began");
    BOOST_TEST(read_file(bin / "scancel.log") == "17\n");
    BOOST_TEST(!fs::exists(run("a").pending()));
    BOOST_TEST(run_job("17", "a") != 0); // it came too late
}

BOOST_FIXTURE_TEST_CASE(secrets_of_the_operation_are_in_no_file, stand_ins) {
    const auto agent = this->agent();
    does("sbatch", "cat > $F/script; echo \"$API_TOKEN\" > $F/../token; echo 17");
    auto request = job("a", "true");
    request.environment["API_TOKEN"] = "hunter2";
    std::ignore = agent->call(request);
    BOOST_TEST(read_file((root / "token").native()) == "hunter2\n"); // sbatch has it as a variable
    const std::string grep = "grep -r hunter2 " + home.native() + " " + bin.native();
    BOOST_TEST(std::system(grep.c_str()) != 0);
}

BOOST_FIXTURE_TEST_CASE(examining_tells_what_is_wrong, stand_ins) {
    const auto agent = this->agent();
    does("sbatch", "echo 'slurm 22.05.8'");
    does("sinfo",
         "printf 'dev*|up|1:00:00|3|idle\\ndev*|up|1:00:00|1|drained\\nlong|up|1|4|idle\\n'");
    const auto report = agent->call(protocol::examine_slurm{});
    BOOST_TEST(report.version == "22.05.8");
    BOOST_TEST(report.kill_wait_s == 5);
    BOOST_TEST(!report.accounts);
    BOOST_REQUIRE(report.partitions.size() == 2U);
    BOOST_TEST(report.partitions[0].is_default);
    BOOST_TEST(report.partitions[0].nodes == "3 idle, 1 drained");
}

BOOST_AUTO_TEST_SUITE_END()
