#include "engine/runs/run_identity.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace outrider;
using namespace outrider::testing;
using protocol::process_state;

namespace {

protocol::stop_run stop(const run_home& at, const std::string& id) {
    return {.home = at.home.native(), .run_id = id, .stopped_by = "ada@lovelace"};
}

// Starts a run and waits until its script has printed "ready".
void start_ready(agent_process& agent, const run_home& at, const std::string& script) {
    agent.call(at.start("r1", script));
    agent.receive(agent.send(protocol::follow_output{.home = at.home.native(), .run_id = "r1"}), 6);
}

// Suspends the operation and its process group, and waits until they are.
void suspend(const run_home& at, const std::string& id) {
    const auto operation = read_identity(at.run(id).identity())->operation;
    ::kill(-static_cast<pid_t>(operation.pid), SIGSTOP);
    BOOST_REQUIRE(eventually([&] {
        const auto now = read_process(operation.pid);
        return now && now->is_suspended();
    }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_stop)

BOOST_AUTO_TEST_CASE(stop_returns_when_the_status_is_on_disk) {
    run_home at;
    agent_process agent(at.cache);
    for (int round = 0; round < 10; ++round) {
        const std::string id = "r" + std::to_string(round);
        agent.call(at.start(id, "exec sleep 60"));
        const auto reply = agent.call(stop(at, id));
        BOOST_TEST(reply.was_running);
        BOOST_TEST(reply.survivors.empty());
        BOOST_TEST(content(at.run(id).attribute("exit_status")) == "-15\n");
        BOOST_TEST(fs::exists(at.run(id).attribute("stopped")));
        BOOST_TEST(!fs::exists(at.run(id).lock()));
        BOOST_REQUIRE(reply.run.reason.has_value());
        BOOST_TEST(reply.run.reason->kind == "stopped");
        BOOST_TEST(reply.run.reason->detail == "stopped by ada@lovelace");
    }
}

BOOST_AUTO_TEST_CASE(stop_of_a_run_that_has_ended_says_so) {
    run_home at;
    agent_process agent(at.cache);
    at.make_run("r1", {{"exit_status", "0\n"}});
    BOOST_TEST(!agent.call(stop(at, "r1")).was_running);
    BOOST_TEST(agent.refuse(stop(at, "r2")).code == "not_found");
}

BOOST_AUTO_TEST_CASE(survivors_that_ignore_the_request_are_named) {
    run_home at;
    agent_process agent(at.cache);
    start_ready(agent, at,
                "trap '' TERM; (while :; do sleep 0.1; done) & echo $! > child; "
                "echo ready; wait");
    auto request = stop(at, "r1");
    request.timeout_ms = 400;
    const auto reply = agent.call(request);
    const auto child = std::stoll(content(at.run("r1").directory / "child"));
    BOOST_TEST(std::ranges::count(reply.survivors, child) == 1);
    BOOST_TEST((reply.run.operation == process_state::alive));
    BOOST_TEST(!reply.run.attributes.contains("exit_status"));
}

BOOST_AUTO_TEST_CASE(force_kills_descendants_that_ignore_the_request) {
    run_home at;
    agent_process agent(at.cache);
    // One in a session of its own whose parent is gone: only its environment leads to it.
    start_ready(agent, at,
                "setsid sh -c 'trap \"\" TERM; echo $$ > stray; while :; do sleep 0.1; done' & "
                "while ! test -s stray; do sleep 0.01; done; echo ready; exec sleep 60");
    const auto stray = read_process(std::stoll(content(at.run("r1").directory / "stray")));
    BOOST_REQUIRE(stray.has_value());
    auto request = stop(at, "r1");
    request.timeout_ms = 400;
    request.force = true;
    const auto reply = agent.call(request);
    BOOST_TEST(reply.survivors.empty());
    BOOST_TEST(!is_alive(stray->mark()));
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "-15\n");
}

BOOST_AUTO_TEST_CASE(a_suspended_operation_is_woken_to_end) {
    run_home at;
    agent_process agent(at.cache);
    start_ready(agent, at, "echo ready; exec sleep 60");
    suspend(at, "r1");
    const auto reply = agent.call(stop(at, "r1"));
    BOOST_TEST(reply.survivors.empty());
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "-15\n");
}

BOOST_AUTO_TEST_CASE(workers_that_were_suspended_with_their_operation_are_woken_as_well) {
    run_home at;
    agent_process agent(at.cache);
    // The operation ends when its worker has answered, and the worker has no signal of its own. It
    // waits without a child: a shell that is suspended as it starts one is only seen to wait for
    // it.
    start_ready(agent, at,
                "mkfifo never; exec 3<>never; "
                "(while ! test -e asked; do sleep 0.01; done; touch answered) & "
                "trap 'touch asked; while ! test -e answered; do sleep 0.01; done; exit 7' TERM; "
                "echo ready; while :; do read nothing <&3; done");
    suspend(at, "r1");
    const auto reply = agent.call(stop(at, "r1"));
    BOOST_TEST(reply.survivors.empty());
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "7\n");
}

// The stray has a session of its own, no environment, and loses its parent: only who adopted it
// knows it.
constexpr char stray_script[] =
    "(setsid sh -c 'echo $$ > stray.new; mv stray.new stray; exec env -i sleep 600' &); "
    "while ! test -e stray; do sleep 0.01; done; echo ready; exec sleep 600";

BOOST_AUTO_TEST_CASE(what_was_left_behind_ends_though_nobody_waits_for_the_stop) {
    run_home at;
    agent_process agent(at.cache);
    start_ready(agent, at, stray_script);
    const auto pid = std::stoll(content(at.run("r1").directory / "stray"));
    auto request = stop(at, "r1");
    request.no_wait = true;
    agent.call(request);
    // No zombie either: whoever adopted it takes its end.
    BOOST_TEST(eventually([&] { return !read_process(pid).has_value(); }));
}

BOOST_AUTO_TEST_CASE(a_stray_without_environment_is_stopped) {
    run_home at;
    agent_process agent(at.cache);
    start_ready(agent, at, stray_script);
    const auto pid = std::stoll(content(at.run("r1").directory / "stray"));
    const auto reply = agent.call(stop(at, "r1"));
    BOOST_TEST(reply.survivors.empty());
    BOOST_TEST(!read_process(pid).has_value());
}

BOOST_AUTO_TEST_CASE(what_an_operation_leaves_behind_by_itself_lives_on) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "setsid sleep 600 > /dev/null 2>&1 & echo $! > stray"));
    BOOST_REQUIRE(eventually([&] { return !content(at.run("r1").attribute("stopped")).empty(); }));
    const auto supervisor = read_identity(at.run("r1").identity())->supervisor;
    BOOST_REQUIRE(eventually([&] { return !is_alive(supervisor); }));
    const auto stray = read_process(std::stoll(content(at.run("r1").directory / "stray")));
    BOOST_REQUIRE(stray.has_value());
    BOOST_TEST(!stray->is_gone());
    ::kill(static_cast<pid_t>(stray->pid), SIGKILL);
}

BOOST_AUTO_TEST_CASE(the_operation_is_asked_first_so_that_it_can_end_its_workers) {
    run_home at;
    agent_process agent(at.cache);
    start_ready(agent, at,
                "sh -c 'trap \"echo worker asked > worker; exit\" TERM; "
                "while ! test -e end; do sleep 0.01; done' & worker=$!; "
                "trap 'touch end; wait $worker; exit 7' TERM; echo ready; wait");
    const auto reply = agent.call(stop(at, "r1"));
    BOOST_TEST(reply.survivors.empty());
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "7\n");
    BOOST_TEST(!fs::exists(at.run("r1").directory / "worker"));
}

BOOST_AUTO_TEST_CASE(an_operation_whose_supervisor_was_killed_can_be_stopped) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "exec sleep 60"));
    const auto identity = read_identity(at.run("r1").identity());
    ::kill(static_cast<pid_t>(identity->supervisor.pid), SIGKILL);
    BOOST_REQUIRE(eventually([&] { return !is_alive(identity->supervisor); }));
    const auto reply = agent.call(stop(at, "r1"));
    BOOST_TEST(reply.was_running);
    BOOST_TEST(reply.survivors.empty());
    BOOST_TEST((reply.run.operation == process_state::gone));
}

BOOST_AUTO_TEST_CASE(the_supervisor_survives_signals_to_it_and_its_session) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "exec sleep 60"));
    const auto identity = read_identity(at.run("r1").identity());
    for (const int number : {SIGTERM, SIGHUP, SIGINT}) {
        ::kill(static_cast<pid_t>(identity->supervisor.pid), number);
    }
    agent.call(stop(at, "r1"));
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "-15\n");
}

BOOST_AUTO_TEST_CASE(a_run_of_another_machine_is_not_touched) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "exec sleep 60"));
    auto identity = *read_identity(at.run("r1").identity());
    const auto original = identity;
    identity.machine_id = "another";
    identity.host_name = "gpu7";
    BOOST_REQUIRE(!!write_identity(at.run("r1"), at.run("r1").identity(), identity));
    const auto failed = agent.refuse(stop(at, "r1"));
    BOOST_TEST(failed.code == "conflict");
    BOOST_TEST(failed.context.find("owned by gpu7") != std::string::npos);
    BOOST_TEST(is_alive(original.operation));
    BOOST_REQUIRE(!!write_identity(at.run("r1"), at.run("r1").identity(), original));
}

BOOST_AUTO_TEST_CASE(a_run_of_guild_is_stopped_and_its_parent_writes_the_status) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("r1", {{"started", "1\n"}});
    // Stands in for `guild run`: a parent that waits for the operation and records how it ended.
    const std::string guild = run.guild().native();
    const pid_t parent = ::fork();
    if (parent == 0) {
        const std::string script = "sleep 60 & printf $! > " + guild + "/LOCK; wait $!; " +
                                   "echo -15 > " + guild + "/attrs/exit_status; rm " + guild +
                                   "/LOCK";
        ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
        ::_exit(127);
    }
    BOOST_REQUIRE(eventually([&] { return !content(run.lock()).empty(); }));
    const auto reply = agent.call(stop(at, "r1"));
    BOOST_TEST(reply.was_running);
    BOOST_TEST(reply.survivors.empty());
    BOOST_TEST(reply.run.attributes.at("exit_status") == "-15\n");
    ::waitpid(parent, nullptr, 0);
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_far_run_is_not_stopped_here) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("r1", {{"started", "1\n"}});
    write(run.guild() / "LOCK.remote", "gpu1");
    const auto failed = agent.refuse(stop(at, "r1"));
    BOOST_TEST(failed.code == "conflict");
    BOOST_TEST(failed.context.find("gpu1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
