// Whatever dies, wherever: a run is told truly, no line of output is lost or doubled, and the same
// command again gives the right result.
#include "tests/e2e/killing.hpp"

#include <signal.h>

using namespace outrider::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {
pid_t operation_of(const std::string& run) {
    return std::stoi(read_file(run + "/.guild/LOCK"));
}

pid_t parent_of(pid_t pid) {
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    return std::stoi(stat.substr(stat.rfind(')') + 4));
}

bool gone(pid_t pid) {
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    return stat.empty() || stat[stat.rfind(')') + 2] == 'Z';
}

/// A run that waits at its gate, seen to do so.
std::string start_at_gate(const scene<over_ssh>& at) {
    const auto id = at.start({"gate", "file=" + at.gate()});
    eventually("it waits", [&] { return at.far_file(id, ".guild/output") == "waiting\n"; });
    return id;
}

} // namespace

BOOST_AUTO_TEST_SUITE(kill_anything)

BOOST_AUTO_TEST_CASE(a_watch_through_cuts_loses_and_doubles_nothing) {
    scene<over_ssh> at;
    const auto id = at.start({"lines", "pause=0.002"});
    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_out("line 000400\n");
    at.place.server.kill_sessions();
    watch.wait_for_err("The link to gpu1 is back");
    BOOST_TEST(count_of("trying again", watch.err()) == 1);

    watch.wait_for_out("line 001200\n");
    at.place.server.kill();
    at.place.server.start();
    eventually("the link is back again", [&] {
        watch.wait_for_out("line 002000\n");
        return count_of("The link to gpu1 is back", watch.err()) == 2;
    });
    BOOST_TEST(count_of("trying again", watch.err()) == 2);

    kill_agents(at);
    watch.wait_for_out("line 003000\n");
    BOOST_TEST(count_of("The link to gpu1 is back", watch.err()) == 3);

    at.place.server.freeze_sessions(); // a half-open connection: it answers TCP and nothing else
    const auto frozen = std::chrono::steady_clock::now();
    watch.wait_for_err("does not answer", 20s);
    BOOST_TEST((std::chrono::steady_clock::now() - frozen < 15s));
    const auto ended = watch.finish();
    check_exit(ended, 0);
    BOOST_TEST((ended.out == numbered_lines(5000)), "the output is not whole or not in order");
    BOOST_TEST(count_of("trying again", ended.err) == 4);
    BOOST_TEST(count_of("The link to gpu1 is back", ended.err) == 4);
    BOOST_TEST(has(ended.err, "status of 'completed'"));
}

BOOST_AUTO_TEST_CASE(a_quiet_watch_says_that_the_link_is_back_before_there_is_output) {
    scene<over_ssh> at;
    const auto id = start_at_gate(at);
    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_out("waiting\n");
    at.place.server.kill_sessions();
    watch.wait_for_err("trying again");
    watch.wait_for_err("The link to gpu1 is back");
    at.open_gate();
    const auto ended = watch.finish();
    check_exit(ended, 0);
    BOOST_TEST(ended.out == "waiting\npassed\n");
}

BOOST_AUTO_TEST_CASE(a_watch_of_a_machine_that_refuses_us_meanwhile_ends_and_says_so) {
    scene<over_ssh> at;
    const auto id = start_at_gate(at);
    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_out("waiting\n");
    write_file(at.place.server.authorized_keys(), "");
    at.place.server.kill_sessions();
    const auto ended = watch.finish();
    check_says(ended, 1, {"gpu1: ", "log in as", "permission denied", at.place.server.user_key()});
}

BOOST_AUTO_TEST_CASE(a_killed_run_command_leaves_its_run_alone) {
    scene<over_ssh> at;
    auto running = at.me.start({"run", "gate", "file=" + at.gate(), "-r", "gpu1", "-y"});
    running.wait_for_out("waiting\n");
    running.signal(SIGKILL);
    const auto id = run_id_in(running.finish().err);
    BOOST_TEST(has(at.row(id), "running"));
    at.open_gate();
    const auto watched = at.me.run({"watch", id, "-r", "gpu1"});
    check_exit(watched, 0);
    BOOST_TEST(watched.out == "waiting\npassed\n");
    BOOST_TEST(has(at.row(id), "completed"));
}

BOOST_AUTO_TEST_CASE(a_run_command_killed_at_any_step_leaves_a_whole_run_or_none) {
    scene<over_ssh> at;
    for (const char* step : {"Building package", "Initializing remote run", "Copying package",
                             "Installing package", "Successfully installed", "Starting hello"}) {
        auto running = at.me.start({"run", "hello", "-r", "gpu1", "-y"});
        running.wait_for_err(step);
        running.signal(SIGKILL);
        running.finish();
    }
    eventually("what was started has ended", [&] {
        const auto listed = at.me.run({"runs", "-r", "gpu1", "--all"}).out;
        return !has(listed, "running") && !has(listed, "pending");
    });
    const auto listed = at.me.run({"runs", "-r", "gpu1", "--all"});
    check_exit(listed, 0);
    BOOST_TEST(!has(listed.out, "error"), listed.out);
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").size() ==
               static_cast<std::size_t>(count_of("completed", listed.out)));
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
}

BOOST_AUTO_TEST_CASE(a_run_command_interrupted_at_any_step_ends_in_order) {
    scene<over_ssh> at;
    for (const char* step : {"Building package", "Initializing remote run", "Copying package",
                             "Installing package", "Starting gate"}) {
        auto running = at.me.start({"run", "gate", "file=" + at.gate(), "-r", "gpu1", "-y"});
        running.wait_for_err(step);
        running.signal(SIGINT);
        const auto ended = running.finish();
        const bool detached = ended.exit_code == 0 && has(ended.err, "Detached from remote run");
        BOOST_TEST((detached || ended.exit_code == 130), step << ": exit code " << ended.exit_code
                                                              << "\n"
                                                              << ended.err);
    }
    at.open_gate();
    check_exit(at.me.run({"run", "gate", "file=" + at.gate(), "-r", "gpu1", "-y"}), 0);
    BOOST_TEST(!has(at.me.run({"runs", "-r", "gpu1"}).out, "error"));
}

BOOST_AUTO_TEST_CASE(an_agent_killed_while_a_run_is_followed_is_replaced) {
    scene<over_ssh> at;
    auto running = at.me.start({"run", "gate", "file=" + at.gate(), "-r", "gpu1", "-y"});
    running.wait_for_out("waiting\n");
    kill_agents(at);
    running.wait_for_err("trying again");
    at.open_gate();
    const auto ended = running.finish();
    check_exit(ended, 0);
    BOOST_TEST(ended.out == "waiting\npassed\n");
    BOOST_TEST(has(ended.err, "status of 'completed'"));
}

BOOST_AUTO_TEST_CASE(a_run_whose_supervisor_is_killed_is_running_and_then_an_error) {
    scene<over_ssh> at;
    const auto id = start_at_gate(at);
    const pid_t operation = operation_of(at.far_run(id));
    const pid_t supervisor = parent_of(operation);
    BOOST_REQUIRE(has(read_file("/proc/" + std::to_string(supervisor) + "/cmdline"), "outrider"));
    ::kill(supervisor, SIGKILL);
    eventually("the supervisor is gone", [&] { return gone(supervisor); });
    BOOST_TEST(!gone(operation)); // it is never killed for it
    BOOST_TEST(has(at.row(id), "running"));
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST(has(at.row(id, false), "running (gpu1)"));

    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_out("waiting\n");
    ::kill(operation, SIGKILL);
    const auto ended = watch.finish();
    check_says(ended, 0, {"status of 'error'", "supervisor"});
    BOOST_TEST(has(at.row(id), "error"));
    BOOST_TEST(!fs::exists(at.far_run(id) + "/.guild/attrs/exit_status"));
    BOOST_TEST(fs::exists(at.far_run(id) + "/.guild/LOCK"));
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST(has(at.row(id, false), "error"));
    BOOST_TEST(!fs::exists(at.me.run_directory(id) + "/.guild/LOCK.remote"));
}

BOOST_AUTO_TEST_CASE(a_run_without_its_supervisor_can_be_stopped) {
    scene<over_ssh> at;
    const auto id = start_at_gate(at);
    const pid_t operation = operation_of(at.far_run(id));
    ::kill(parent_of(operation), SIGKILL);
    check_exit(at.me.run({"stop", id, "-r", "gpu1", "-y"}), 0);
    BOOST_TEST(gone(operation));
    BOOST_TEST(!has(at.row(id), "running"));
}

BOOST_AUTO_TEST_CASE(a_killed_operation_is_terminated_by_its_signal) {
    scene<over_ssh> at;
    const auto id = start_at_gate(at);
    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_out("waiting\n");
    ::kill(operation_of(at.far_run(id)), SIGKILL);
    check_says(watch.finish(), 0, {"status of 'terminated'"});
    BOOST_TEST(at.far_file(id, ".guild/attrs/exit_status") == "-9\n");
    BOOST_TEST(has(at.row(id), "terminated"));
}

BOOST_AUTO_TEST_CASE(two_stops_at_once_both_find_it_stopped) {
    scene<over_ssh> at;
    const auto id = start_at_gate(at);
    auto one = at.me.start({"stop", id, "-r", "gpu1", "-y"});
    auto other = at.me.start({"stop", id, "-r", "gpu1", "-y"});
    check_exit(one.finish(), 0);
    check_exit(other.finish(), 0);
    BOOST_TEST(has(at.row(id), "terminated"));
    BOOST_TEST(at.far_file(id, ".guild/attrs/exit_status") == "-15\n");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_deleted_while_it_runs_is_stopped_first) {
    scene<over_ssh> at;
    const auto id = start_at_gate(at);
    const pid_t operation = operation_of(at.far_run(id));
    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_out("waiting\n");
    check_exit(at.me.run({"runs", "rm", id, "-p", "-r", "gpu1", "-y"}), 0);
    BOOST_TEST(gone(operation));
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").empty());
    watch.finish(); // whatever it says, it ends
}

BOOST_AUTO_TEST_CASE(a_reader_that_goes_away_ends_the_program_and_not_the_run) {
    scene<over_ssh> at;
    const auto id = start_at_gate(at);
    at.open_gate();
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    run_program({"sh", "-c",
                 "cd '" + at.me.project() + "' && GUILD_HOME='" + at.me.guild_home() +
                     "' GUILD_CONFIG='" + at.me.config() + "' HOME='" + at.me.home() +
                     "' XDG_CACHE_HOME='" + (at.me.directory() / "cache") +
                     "' '" OUTRIDER_PROGRAM "' cat -O -r gpu1 | true"});
}

BOOST_AUTO_TEST_SUITE_END()
