// Watches of several runs, and of runs on machines that are cut off, rebooted or slow to be read.
#include "tests/e2e/killing.hpp"

#include <signal.h>

#include <algorithm>
#include <map>
#include <sstream>

using namespace outrider::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OUTRIDER_ADDRESS_SANITIZER 1
#endif
#endif

/// Two remotes: gpu1 by SSH, box is another home on this machine.
struct two_remotes : scene<over_ssh> {
    over_local other;

    two_remotes() {
        me.write_config(read_file(me.config()) + "  box:\n" + other.config());
        me.write_project_file("guild.yml", read_file(me.project() + "/guild.yml") + R"(flood:
  exec: sh flood.sh ${bytes} ${file}
  flags-import: no
  flags:
    bytes: 0
    file:
      required: yes
bar:
  exec: sh bar.sh
count:
  exec: sh count.sh ${file}
  flags-import: no
  flags:
    file:
      required: yes
)");
        me.write_project_file("flood.sh", R"(head -c "$1" /dev/zero | tr '\0' x | fold -w 99
echo
echo flooded
while [ ! -e "$2" ]; do sleep 0.05; done
)");
        me.write_project_file("count.sh", R"(i=0
while [ -d "${1%/*}" ] && [ ! -e "$1" ]; do
    printf 'line %06d\n' $i
    i=$((i + 1))
    sleep 0.005
done
)");
        me.write_project_file("bar.sh", R"(printf '\r 10%%\r 50%%\r100%%\n\033[2Jcleared\nhalf')");
    }
    std::string start_on(const std::string& remote, std::vector<std::string> words) const {
        words.insert(words.begin(), "run");
        words.insert(words.end(), {"-r", remote, "-y", "--no-wait"});
        const auto ended = me.run(words);
        check_exit(ended, 0);
        return run_id_in(ended.out);
    }
    std::string gate_on(const std::string& remote) const {
        return start_on(remote, {"gate", "file=" + gate()});
    }
};

/// The lines of each run without what stands before them: by "REMOTE ID" or "ID".
std::map<std::string, std::string> by_run(const std::string& out) {
    std::map<std::string, std::string> runs;
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(": ");
        BOOST_REQUIRE_MESSAGE(colon != std::string::npos, "no name before: " + line);
        const auto text = line.find_first_not_of(' ', colon + 1);
        const auto name = line.substr(0, line.rfind(' ', colon - 1));
        runs[name] += (text == std::string::npos ? "" : line.substr(text)) + "\n";
    }
    return runs;
}

std::string short_id(const std::string& id) {
    return id.substr(0, 8);
}

/// The most that a process ever held in memory, KiB.
std::int64_t peak_memory_kib(pid_t pid) {
    const auto status = read_file("/proc/" + std::to_string(pid) + "/status");
    const auto at = status.find("VmHWM:");
    BOOST_REQUIRE(at != std::string::npos);
    return std::stoll(status.substr(at + 6));
}

} // namespace

BOOST_AUTO_TEST_SUITE(watching)

BOOST_AUTO_TEST_CASE(all_that_runs_on_several_remotes_is_watched_at_the_same_time) {
    two_remotes at;
    const auto one = at.gate_on("gpu1");
    const auto two = at.gate_on("gpu1");
    const auto three = at.gate_on("box");
    auto watch = at.me.start({"watch", "-r", "all"});
    for (const auto& id : {one, two, three}) {
        watch.wait_for_out(short_id(id) + " gate: ");
    }
    at.open_gate();
    const auto ended = watch.finish();
    check_exit(ended, 0);
    const std::map<std::string, std::string> expected{
        {"gpu1 " + short_id(one), "waiting\npassed\n"},
        {"gpu1 " + short_id(two), "waiting\npassed\n"},
        {"box " + short_id(three), "waiting\npassed\n"}};
    BOOST_CHECK(by_run(ended.out) == expected);
    for (const auto& [id, remote] :
         {std::pair(one, "gpu1"), std::pair(two, "gpu1"), std::pair(three, "box")}) {
        BOOST_TEST(has(ended.err, "Watching run " + id + " on " + remote + "\n"));
        BOOST_TEST(has(ended.err,
                       "Run " + id + " on " + remote + " stopped with a status of 'completed'\n"));
    }
}

BOOST_AUTO_TEST_CASE(the_runs_that_are_named_are_found_on_their_remotes) {
    two_remotes at;
    const auto one = at.gate_on("gpu1");
    const auto two = at.gate_on("box");
    at.gate_on("box");
    at.open_gate();
    const auto ended = at.me.run({"watch", short_id(one), short_id(two), "-r", "gpu1,box"});
    check_exit(ended, 0);
    const std::map<std::string, std::string> expected{
        {"gpu1 " + short_id(one), "waiting\npassed\n"},
        {"box " + short_id(two), "waiting\npassed\n"}};
    BOOST_CHECK(by_run(ended.out) == expected);
}

BOOST_AUTO_TEST_CASE(all_of_one_machine_need_no_name_of_it_and_one_run_no_name_at_all) {
    two_remotes at;
    const auto one = at.gate_on("box");
    check_says(at.me.run({"watch", "--all"}), 1, {"nothing to watch"}); // here
    auto alone = at.me.start({"watch", "--all", "-r", "box"});
    alone.wait_for_out("waiting\n");
    alone.signal(SIGINT);
    BOOST_TEST(alone.finish().out == "waiting\n");
    const auto two = at.gate_on("box");
    auto watch = at.me.start({"watch", "--all", "-r", "box"});
    watch.wait_for_out(short_id(one) + " gate: waiting\n");
    watch.wait_for_out(short_id(two) + " gate: waiting\n");
    BOOST_TEST(!has(watch.out(), "box"));
    watch.signal(SIGINT);
    const auto ended = watch.finish();
    check_exit(ended, 0);
    BOOST_TEST(count_of("Detached from remote run", ended.err) == 2);
    at.open_gate();
}

BOOST_AUTO_TEST_CASE(a_remote_without_runs_is_no_failure_unless_no_other_has_one) {
    two_remotes at;
    check_says(at.me.run({"watch", "-r", "all"}), 1, {"nothing to watch"});
    const auto id = at.gate_on("box");
    at.open_gate();
    auto ended = at.me.run({"watch", id, "-r", "all"});
    check_exit(ended, 0);
    const auto again = at.start_on("gpu1", {"lines", "count=3", "pause=1.5"});
    ended = at.me.run({"watch", "-r", "all"});
    check_exit(ended, 0);
    BOOST_CHECK(by_run(ended.out) ==
                (std::map<std::string, std::string>{
                    {"gpu1 " + short_id(again), "line 000000\nline 000001\nline 000002\n"}}));
}

BOOST_AUTO_TEST_CASE(what_there_is_can_be_shown_without_following) {
    two_remotes at;
    const auto ended_before = at.start_on("box", {"lines", "count=5"});
    check_exit(at.me.run({"watch", ended_before, "-r", "box"}), 0);
    const auto id = at.gate_on("gpu1");
    eventually("it waits", [&] { return at.far_file(id, ".guild/output") == "waiting\n"; });
    auto ended = at.me.run({"watch", "-r", "gpu1", "--no-follow"});
    check_exit(ended, 0);
    BOOST_TEST(ended.out == "waiting\n");
    BOOST_TEST(has(ended.err, "Run " + id + " is still running\n"));
    ended = at.me.run({"watch", id, ended_before, "-r", "all", "--no-follow", "--tail", "1"});
    check_exit(ended, 0);
    BOOST_CHECK(by_run(ended.out) == (std::map<std::string, std::string>{
                                         {"gpu1 " + short_id(id), "waiting\n"},
                                         {"box " + short_id(ended_before), "line 000004\n"}}));
    BOOST_TEST(has(ended.err, "Run " + id + " on gpu1 is still running\n"));
    BOOST_TEST(has(ended.err, "Run " + ended_before + " on box stopped with a status"));
    at.open_gate();
}

BOOST_AUTO_TEST_CASE(bars_and_escapes_are_raw_alone_and_tame_among_others) {
    two_remotes at;
    const auto one = at.start_on("gpu1", {"bar"});
    const auto alone = at.me.run({"watch", one, "-r", "gpu1"});
    check_exit(alone, 0);
    BOOST_TEST(alone.out == "\r 10%\r 50%\r100%\n\x1b[2Jcleared\nhalf");
    const auto among = at.me.run({"watch", one, "-r", "gpu1,box"});
    check_exit(among, 0);
    const auto name = "gpu1 " + short_id(one) + " bar: ";
    BOOST_TEST(among.out == name + "100%\n" + name + "cleared\n" + name + "half\n");
}

BOOST_AUTO_TEST_CASE(timestamps_are_those_of_the_index) {
    two_remotes at;
    const auto id = at.start_on("gpu1", {"lines", "count=3"});
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    // 1970-01-01 00:00:01.001, …02.002, …03.003
    std::string index;
    for (const int second : {1, 2, 3}) {
        const auto ms = static_cast<unsigned>(second * 1001);
        index += std::string(6, '\0') + static_cast<char>(ms >> 8) + static_cast<char>(ms & 0xff) +
                 std::string(1, '\0');
    }
    write_file(at.far_run(id) + "/.guild/output.index", index);
    const auto all = at.me.run({"watch", id, "-r", "gpu1", "--timestamps"});
    check_exit(all, 0);
    BOOST_TEST(all.out == "1970-01-01 00:00:01.001 line 000000\n"
                          "1970-01-01 00:00:02.002 line 000001\n"
                          "1970-01-01 00:00:03.003 line 000002\n");
    const auto last = at.me.run({"watch", id, "-r", "gpu1", "--timestamps", "--tail", "1"});
    BOOST_TEST(last.out == "1970-01-01 00:00:03.003 line 000002\n");
}

// Sessions killed, the server killed and started again, agents killed, a connection that is frozen.
BOOST_AUTO_TEST_CASE(watches_over_one_link_go_through_ten_cuts_whole_and_in_order) {
    two_remotes at;
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(at.start_on("gpu1", {"count", "file=" + at.gate()}));
    }
    auto watch = at.me.start({"watch", "-r", "gpu1,box"});
    auto& server = at.place.server;
    const auto seen = [&](const std::string& id) {
        return count_of("gpu1 " + short_id(id), watch.out());
    };
    for (int cut = 1; cut <= 10; ++cut) {
        // Something came over the present link, of each run.
        const std::vector<int> before{seen(ids[0]), seen(ids[1]), seen(ids[2])};
        watch.wait_until([&] {
            return seen(ids[0]) > before[0] && seen(ids[1]) > before[1] && seen(ids[2]) > before[2];
        });
        if (cut == 10) {
            server.freeze_sessions();
            watch.wait_for_err("does not answer", 30s);
        } else if (cut % 3 == 0) {
            server.kill();
            server.start();
        } else if (cut % 3 == 1) {
            server.kill_sessions();
        } else {
            kill_agents(at);
        }
        watch.wait_until([&] { return count_of("The link to gpu1 is back", watch.err()) == cut; },
                         60s);
        BOOST_TEST(count_of("trying again", watch.err()) == cut); // once for all three
    }
    at.open_gate();
    const auto ended = watch.finish(120s);
    server.thaw_sessions();
    check_exit(ended, 0);
    const auto runs = by_run(ended.out);
    BOOST_TEST(runs.size() == 3U);
    for (const auto& id : ids) {
        const auto written = at.far_file(id, ".guild/output");
        const auto count = std::ranges::count(written, '\n');
        BOOST_TEST((written == numbered_lines(static_cast<int>(count))));
        BOOST_TEST((runs.at("gpu1 " + short_id(id)) == written),
                   "the output of " + id + " is not whole or not in order");
        BOOST_TEST(has(ended.err, "Run " + id + " on gpu1 stopped with a status of 'completed'"));
    }
}

BOOST_AUTO_TEST_CASE(a_run_that_a_reboot_ended_is_an_error_that_says_so) {
    for (const bool finished : {false, true}) {
        BOOST_TEST_CONTEXT((finished ? "with" : "without") << " an exit status on disk") {
            scene<over_ssh> at;
            const auto id = at.start({"gate", "file=" + at.gate()});
            auto watch = at.me.start({"watch", id, "-r", "gpu1"});
            watch.wait_for_out("waiting\n");
            // The power goes.
            at.place.server.kill();
            for (const pid_t each : processes_with(at.gate())) {
                ::kill(each, SIGKILL);
            }
            end_processes_of(at.far_run(id));
            const auto run = at.far_run(id) + "/.guild";
            auto identity = read_file(run + "/outrider/identity");
            const auto boot = identity.find("\"boot_id\":\"") + 11;
            identity.replace(boot, identity.find('"', boot) - boot, "the boot before");
            write_file(run + "/outrider/identity", identity);
            write_file(run + "/output", read_file(run + "/output") + "its last words\n");
            if (finished) {
                write_file(run + "/attrs/exit_status", "0\n");
            }
            watch.wait_for_err("trying again");
            BOOST_TEST(!has(watch.err(), "stopped with a status"));
            at.place.server.start();
            const auto ended = watch.finish(60s);
            check_exit(ended, 0);
            BOOST_TEST(ended.out == "waiting\nits last words\n");
            BOOST_TEST(has(ended.err, finished ? "status of 'completed'" : "status of 'error'"));
            BOOST_TEST(has(ended.err, "reboot") == !finished);
            BOOST_TEST(has(at.row(id), finished ? "completed" : "error"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_slow_reader_costs_neither_end_memory) {
    two_remotes at;
    constexpr std::int64_t bytes = 60'000'000;
    const auto one =
        at.start_on("gpu1", {"flood", "bytes=" + std::to_string(bytes), "file=" + at.gate()});
    const auto two =
        at.start_on("gpu1", {"flood", "bytes=" + std::to_string(bytes), "file=" + at.gate()});
    for (const auto& id : {one, two}) {
        eventually(
            "all is written",
            [&] {
                std::error_code none;
                return fs::file_size(at.far_run(id) + "/.guild/output", none) > bytes * 100 / 99;
            },
            120);
    }
    // Nobody reads what it says, until it has said all that fits on the way.
    auto watch = at.me.start({"watch", one, two, "-r", "gpu1"});
    constexpr int most_of_a_pipe = 60 << 10;
    eventually("the pipe is full", [&] { return watch.unread() >= most_of_a_pipe; });
    std::string rest;
    int flooded = 0;
    watch.wait_until(
        [&] {
            rest += watch.take_out();
            const auto end = rest.rfind('\n') + 1;
            flooded += count_of("flooded\n", rest.substr(0, end));
            rest.erase(0, end);
            return flooded == 2;
        },
        240s);
#ifdef OUTRIDER_ADDRESS_SANITIZER
    constexpr std::int64_t most_kib = 700'000; // freed memory is kept for a while
#else
    constexpr std::int64_t most_kib = 60'000;
#endif
    BOOST_TEST(peak_memory_kib(watch.pid()) < most_kib);
    for (const pid_t each : serving_agents(at.place.server.home())) {
        BOOST_TEST(peak_memory_kib(each) < 20'000);
    }
    at.open_gate();
    check_exit(watch.finish(), 0);
}

BOOST_AUTO_TEST_SUITE_END()
