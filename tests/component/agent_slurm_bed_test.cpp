// The agent on the login node of a real, private Slurm.
#include "engine/protocol/children_plan.hpp"
#include "engine/runs/run_identity.hpp"
#include "tests/support/slurm_bed.hpp"
#include "tests/support/slurm_scene.hpp"

#include <signal.h>

namespace {

using namespace outrider;
using namespace outrider::testing;

struct bed_scene : slurm_scene {
    bed_scene() : slurm_scene(bed_of_all_tests().variables()) {}
    const slurm_bed& bed = bed_of_all_tests();

    /// A grid: a batch of trials with these ids, each `sh -c SCRIPT` with its number in N.
    [[nodiscard]] protocol::start_run grid(const std::string& id,
                                           const std::vector<std::string>& trials,
                                           const std::string& script) const {
        protocol::children_head head;
        head.proto = true;
        head.program = "guild";
        head.parallel = 2;
        head.common = start("proto", script);
        head.common.attributes.erase("id");
        std::string plan = protocol::encode(head) + "\n";
        for (const auto& trial : trials) {
            const std::string number = std::to_string(&trial - trials.data());
            plan +=
                protocol::encode(protocol::planned_child{.id = trial,
                                                         .title = "op (n=" + number + ")",
                                                         .flags = {"n=" + number},
                                                         .environment = {{"N", number}},
                                                         .attributes = {{"id", trial + "\n"}}}) +
                "\n";
        }
        write(cache / "outrider/packages" / id / "files" / protocol::children_file, plan);
        auto out = job(id, "");
        out.command = {"${agent}", "children"};
        out.children = id;
        return out;
    }
    /// Waits until a run has begun on its node, and has printed this.
    void prints(const std::string& id, const std::string& text) const {
        BOOST_REQUIRE(eventually([&] { return content(run(id).output()) == text; },
                                 std::chrono::seconds(40)));
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_slurm_bed)

BOOST_FIXTURE_TEST_CASE(a_run_goes_through_as_a_job, bed_scene) {
    const auto agent = this->agent();
    const auto reply = agent->call(job("aa01", "echo from $SLURM_JOB_ID; exit 4"));
    BOOST_CHECK(status_of(reply.run).state == run_state::pending);
    BOOST_REQUIRE(reaches(*agent, "aa01", run_state::error));
    BOOST_TEST(status(*agent, "aa01").exit_status.value_or(0) == 4);
    BOOST_TEST(content(run("aa01").output()) == "from " + record("aa01").job_id + "\n");
}

BOOST_FIXTURE_TEST_CASE(a_run_that_runs_is_stopped_and_its_end_is_on_record, bed_scene) {
    const auto agent = this->agent();
    std::ignore = agent->call(job("aa02", "trap '' TERM; echo ready; sleep 300 & wait; wait"));
    BOOST_REQUIRE(eventually([&] { return content(run("aa02").output()) == "ready\n"; },
                             std::chrono::seconds(30)));
    BOOST_CHECK(status(*agent, "aa02").state == run_state::running);
    const auto stopped = agent->call(stop("aa02"));
    BOOST_CHECK(status_of(stopped.run).state == run_state::terminated);
    BOOST_TEST(status_of(stopped.run).reason == "stopped by ann");
    BOOST_TEST(stopped.survivors.empty());
}

BOOST_FIXTURE_TEST_CASE(what_cannot_start_yet_says_why_and_is_stopped_at_once, bed_scene) {
    const auto agent = this->agent();
    auto request = job("aa03", "true");
    request.slurm->directives = {"--begin=now+1hour"};
    std::ignore = agent->call(request);
    BOOST_TEST(eventually([&] {
        return status(*agent, "aa03").reason.find("waits for its time to begin") !=
               std::string::npos;
    }));
    const auto stopped = agent->call(stop("aa03"));
    BOOST_CHECK(status_of(stopped.run).state == run_state::terminated);
}

BOOST_FIXTURE_TEST_CASE(a_refusal_is_told_in_slurms_words, bed_scene) {
    const auto agent = this->agent();
    auto request = job("aa04", "true");
    request.slurm->partition = "nowhere";
    BOOST_TEST(agent->refuse(request).context.find("Invalid partition name specified") !=
               std::string::npos);
    request.slurm->partition = "dev";
    request.slurm->gpus = "99";
    BOOST_TEST(agent->refuse(request).context.find("Slurm refused the job") != std::string::npos);
    request.slurm->gpus = "1";
    request.command = {"/bin/sh", "-c", "echo gpu $CUDA_VISIBLE_DEVICES"};
    std::ignore = agent->call(request); // the name of what was refused is not in its way
    BOOST_REQUIRE(reaches(*agent, "aa04", run_state::completed));
    BOOST_TEST(content(run("aa04").output()) == "gpu 0\n");
}

BOOST_FIXTURE_TEST_CASE(one_that_is_killed_whole_is_lost_and_not_completed, bed_scene) {
    const auto agent = this->agent();
    std::ignore = agent->call(job("aa05", "echo ready; sleep 300"));
    BOOST_REQUIRE(eventually([&] { return content(run("aa05").output()) == "ready\n"; },
                             std::chrono::seconds(30)));
    const auto identity = read_identity(run("aa05").identity());
    BOOST_REQUIRE(identity.has_value());
    ::kill(static_cast<pid_t>(identity->supervisor.pid), SIGKILL); // for it Slurm waits
    BOOST_TEST(eventually(
        [&] {
            const auto now = status(*agent, "aa05");
            BOOST_REQUIRE(now.state == run_state::running);
            return now.reason.find("Slurm says FAILED") != std::string::npos;
        },
        std::chrono::seconds(40)));
}

BOOST_FIXTURE_TEST_CASE(a_run_starts_again_in_place_as_a_job, bed_scene) {
    const auto agent = this->agent();
    std::ignore = agent->call(job("aa06", "echo again; exit 2"));
    BOOST_REQUIRE(reaches(*agent, "aa06", run_state::error));
    const auto first = record("aa06").job_id;
    BOOST_REQUIRE(eventually([&] { return !fs::exists(run("aa06").lock()); }));
    std::ignore = agent->call(protocol::start_staged{.home = home.native(), .run_id = "aa06"});
    BOOST_REQUIRE(eventually(
        [&] { return !record("aa06").taken_by.empty() && record("aa06").job_id != first; },
        std::chrono::seconds(40)));
    BOOST_REQUIRE(reaches(*agent, "aa06", run_state::error));
    BOOST_TEST(record("aa06").attempt == 2);
}

BOOST_FIXTURE_TEST_CASE(without_a_controller_nothing_ends_and_the_age_is_said, bed_scene) {
    const auto agent = this->agent();
    std::ignore = agent->call(job("aa07", "echo ready; sleep 300"));
    BOOST_REQUIRE(eventually([&] { return content(run("aa07").output()) == "ready\n"; },
                             std::chrono::seconds(30)));
    bed.end("ctld");
    BOOST_TEST(eventually(
        [&] {
            const auto now = status(*agent, "aa07");
            BOOST_REQUIRE(now.state == run_state::running);
            return now.reason.find("Slurm gives no answer") != std::string::npos;
        },
        std::chrono::seconds(60)));
    bed.start("ctld");
    BOOST_TEST(eventually([&] { return status(*agent, "aa07").reason.empty(); },
                          std::chrono::seconds(40)));
    BOOST_CHECK(status_of(agent->call(stop("aa07")).run).state == run_state::terminated);
}

BOOST_FIXTURE_TEST_CASE(a_time_limit_and_a_cancellation_are_told_apart, bed_scene) {
    const auto agent = this->agent();
    std::ignore = agent->call(job("aa08", "echo ready; sleep 300"));
    prints("aa08", "ready\n");
    std::ignore = bed.ask("scancel " + record("aa08").job_id);
    BOOST_REQUIRE(reaches(*agent, "aa08", run_state::terminated));
    BOOST_TEST(status(*agent, "aa08").reason == "ended by Slurm: its job was cancelled");
}

BOOST_FIXTURE_TEST_CASE(a_job_that_slurm_starts_again_is_another_attempt, bed_scene) {
    const auto agent = this->agent();
    auto request = job("aa09", "echo try ${SLURM_RESTART_COUNT:-0}; sleep 300");
    request.slurm->requeue = true;
    std::ignore = agent->call(request);
    prints("aa09", "try 0\n");
    const auto id = record("aa09").job_id;
    std::ignore = bed.ask("scontrol requeue " + id);
    // Slurm lets it wait two minutes: that it is not over is all that is looked at here. Where the
    // machine is so slow that Slurm kills the first attempt it still counts as running.
    BOOST_TEST(eventually([&] {
        const auto now = facts(*agent, "aa09");
        return now.job && now.job->state == "PENDING" && now.reason &&
               now.reason->kind == protocol::slurm_queued_kind;
    }));
    const auto state = status(*agent, "aa09").state;
    BOOST_TEST((state == run_state::pending || state == run_state::running));
    std::ignore = bed.ask("scancel " + id);
}

BOOST_FIXTURE_TEST_CASE(a_grid_is_one_array_and_ends_with_its_last_trial, bed_scene) {
    const auto agent = this->agent();
    const std::vector<std::string> trials{"ab10", "ab11", "ab12", "ab13", "ab14"};
    const auto reply = agent->call(grid("aa10", trials, "echo $N; exit $((N % 2))"));
    BOOST_TEST(reply.warning == "");
    BOOST_CHECK(status_of(reply.run).state == run_state::pending);
    BOOST_REQUIRE(reaches(*agent, "aa10", run_state::completed));
    for (const auto& trial : trials) {
        const auto number = &trial - trials.data();
        BOOST_TEST(status(*agent, trial).exit_status.value_or(-1) == number % 2);
        BOOST_TEST(record(trial).job_id == record("aa10").job_id + "_" + std::to_string(number));
        BOOST_TEST(content(run(trial).output()) == std::to_string(number) + "\n");
    }
}

BOOST_FIXTURE_TEST_CASE(a_grid_is_stopped_whole_and_one_trial_by_itself, bed_scene) {
    const auto agent = this->agent();
    const std::vector<std::string> trials{"ab20", "ab21", "ab22", "ab23"};
    std::ignore = agent->call(grid("aa20", trials, "echo ready; sleep 300"));
    prints("ab20", "ready\n");
    BOOST_CHECK(status_of(agent->call(stop("ab20")).run).state == run_state::terminated);
    BOOST_CHECK(status_of(agent->call(stop("ab23")).run).state == run_state::terminated);
    BOOST_CHECK(status(*agent, "aa20").state == run_state::running);
    const auto stopped = agent->call(stop("aa20"));
    BOOST_CHECK(status_of(stopped.run).state == run_state::terminated);
    BOOST_TEST(status_of(stopped.run).reason == "stopped by ann");
    for (const auto& trial : trials) {
        const auto now = status(*agent, trial).state;
        BOOST_TEST((now == run_state::terminated || now == run_state::pending));
    }
}

BOOST_FIXTURE_TEST_CASE(a_grid_that_is_refused_leaves_nothing, bed_scene) {
    const auto agent = this->agent();
    auto request = grid("aa30", {"ab30", "ab31"}, "true");
    request.slurm->partition = "nowhere";
    BOOST_TEST(agent->refuse(request).context.find("Invalid partition name") != std::string::npos);
    BOOST_TEST(fs::is_empty(home / "runs"));
}

BOOST_AUTO_TEST_SUITE_END()
