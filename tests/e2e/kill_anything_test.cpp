// Whatever dies, wherever: a run is told truly, no line of output is lost or doubled, and the same
// command again gives the right result.
#include "tests/e2e/scene.hpp"

#include <signal.h>

#include <cstdio>
#include <functional>
#include <utility>

using namespace outrider::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::string numbered_lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        char line[32];
        std::snprintf(line, sizeof line, "line %06d\n", i);
        text += line;
    }
    return text;
}

/// Agents that serve a connection to this machine; supervisors are none of them.
std::vector<pid_t> serving_agents(const std::string& home) {
    std::vector<pid_t> found;
    for (const pid_t each : processes_with(home + "/.cache/outrider/agents/")) {
        const std::string words = read_file("/proc/" + std::to_string(each) + "/cmdline");
        if (words.ends_with(std::string("outrider-agent\0serve\0", 21))) {
            found.push_back(each);
        }
    }
    return found;
}

void kill_agents(const scene<over_ssh>& at) {
    const auto agents = serving_agents(at.place.server.home());
    BOOST_TEST(!agents.empty());
    for (const pid_t each : agents) {
        ::kill(each, SIGKILL);
    }
}

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

/// A completed run with so much to copy that a pull can be met in the middle.
std::string run_with_large_file(const scene<over_ssh>& at) {
    at.me.write_project_file(
        "guild.yml", "big:\n  exec: sh -c \"head -c 40000000 /dev/urandom > big; echo done\"\n");
    const auto ran = at.me.run({"run", "big", "-r", "gpu1", "-y"});
    check_exit(ran, 0);
    return run_id_in(ran.err);
}

/// A pull of it that has begun to write.
running_program pull_in_the_middle(const scene<over_ssh>& at, const std::string& id) {
    auto pull = at.me.start({"pull", "gpu1", id, "-y"});
    pull.wait_for_err("Copying " + id);
    const std::string here = at.me.run_directory(id);
    eventually("a part of the file is here", [&] {
        std::error_code none;
        std::uintmax_t bytes = 0;
        for (const auto& entry : fs::recursive_directory_iterator(here, none)) {
            bytes += entry.is_regular_file(none) ? entry.file_size(none) : 0;
        }
        return bytes > 500'000;
    });
    return pull;
}

void check_whole_copy(const scene<over_ssh>& at, const std::string& id) {
    check_exit(at.me.run({"pull", "gpu1", id, "-y"}), 0);
    BOOST_TEST((at.copied_file(id, "big") == at.far_file(id, "big")));
    BOOST_TEST(has(at.row(id, false), "completed"));
    for (const auto& entry : fs::recursive_directory_iterator(at.me.run_directory(id))) {
        BOOST_TEST(!has(entry.path().filename(), "tmp"), entry.path().string());
    }
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

BOOST_AUTO_TEST_CASE(large_pulls_do_not_stall) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    for (int pulls = 0; pulls < 6; ++pulls) {
        fs::remove_all(at.me.run_directory(id));
        check_exit(at.me.run({"pull", "gpu1", id, "-y"}), 0);
    }
    check_whole_copy(at, id);
}

BOOST_AUTO_TEST_CASE(a_pull_killed_in_the_middle_tells_no_lie_and_is_completed_by_another) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    auto pull = pull_in_the_middle(at, id);
    pull.signal(SIGKILL);
    pull.finish();
    BOOST_TEST(!has(at.me.run({"runs"}).out, "completed"));
    check_whole_copy(at, id);
}

BOOST_AUTO_TEST_CASE(a_pull_that_is_interrupted_leaves_nothing_half_done) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    auto pull = pull_in_the_middle(at, id);
    pull.signal(SIGINT);
    const auto ended = pull.finish();
    BOOST_TEST(ended.exit_code == 130);
    BOOST_TEST(!has(at.me.run({"runs"}).out, "completed"));
    check_whole_copy(at, id);
}

BOOST_AUTO_TEST_CASE(a_pull_goes_on_when_its_agent_or_its_link_dies) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    const std::pair<const char*, std::function<void()>> accidents[] = {
        {"the agents are killed", [&] { kill_agents(at); }},
        {"the sessions are killed", [&] { at.place.server.kill_sessions(); }},
        {"the sessions hang", [&] { at.place.server.freeze_sessions(); }}};
    for (const auto& [what, happens] : accidents) {
        BOOST_TEST_CONTEXT(what) {
            fs::remove_all(at.me.run_directory(id));
            auto pull = pull_in_the_middle(at, id);
            happens();
            const auto ended = pull.finish(60s);
            check_exit(ended, 0);
            BOOST_TEST(count_of("trying again", ended.err) == 1);
            BOOST_TEST((at.copied_file(id, "big") == at.far_file(id, "big")));
        }
    }
    check_whole_copy(at, id);
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

BOOST_AUTO_TEST_CASE(two_pulls_of_one_run_at_once_give_one_whole_copy) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    auto one = at.me.start({"pull", "gpu1", id, "-y"});
    auto other = at.me.start({"pull", "gpu1", id, "-y"});
    check_exit(one.finish(), 0);
    check_exit(other.finish(), 0);
    BOOST_TEST((at.copied_file(id, "big") == at.far_file(id, "big")));
    check_whole_copy(at, id);
}

BOOST_AUTO_TEST_CASE(a_pull_while_the_run_writes_is_true_and_a_later_one_is_whole) {
    scene<over_ssh> at;
    const auto id = at.start({"lines", "count=2000", "pause=0.002"});
    for (int pulls = 0; pulls < 3; ++pulls) {
        check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
        const auto copied = at.copied_file(id, ".guild/output");
        BOOST_TEST(numbered_lines(2000).starts_with(copied));
    }
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST((at.copied_file(id, ".guild/output") == numbered_lines(2000)));
    BOOST_TEST(has(at.row(id, false), "completed"));
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
