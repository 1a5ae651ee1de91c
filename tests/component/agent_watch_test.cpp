// What the agent tells of changes below run directories: real files, the real agent.
#include "engine/agent/watch/tree_fingerprint.hpp"
#include "engine/agent/watch/tree_watch.hpp"
#include "engine/protocol/sync_messages.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <thread>

using namespace outrider;
using namespace outrider::testing;
using namespace std::chrono_literals;

namespace {

using ids = std::vector<std::string>;

void append(const fs::path& path, std::string_view text) {
    std::ofstream(path, std::ios::app) << text;
}

void fill(const fs::path& directory, int files) {
    for (int i = 0; i < files; ++i) {
        append(directory / std::to_string(i), "x");
    }
}

/// A watch as a client has it.
class watch {
  public:
    watch(agent_process& agent, const run_home& at, ids runs, std::int64_t settle_ms = 20)
        : agent_(agent),
          request_(agent.send(protocol::watch_run_files{
              .home = at.home.native(), .ids = std::move(runs), .settle_ms = settle_ms})) {
        eventually("the watch is ready", [&] { return !answer().parts.empty(); }, 60);
        const auto& [type, body] = answer().parts.front();
        BOOST_TEST(type == "watch_ready");
        BOOST_REQUIRE(protocol::from_json(body, ready));
        taken_ = 1;
    }

    protocol::watch_ready ready;
    [[nodiscard]] std::uint32_t request() const { return request_; }

    /// What was reported since the last call, after waiting for all of `wanted`.
    std::set<std::string> reported(const std::set<std::string>& wanted, int seconds = 10) {
        std::set<std::string> got;
        eventually(
            "the runs are reported",
            [&] {
                take(got);
                return std::includes(got.begin(), got.end(), wanted.begin(), wanted.end());
            },
            seconds);
        return got;
    }
    /// Forgets what is on its way: until nothing came for some time.
    void settle() {
        std::set<std::string> got;
        auto quiet_since = std::chrono::steady_clock::now();
        eventually("nothing is reported any more", [&] {
            got.clear();
            take(got);
            const auto now = std::chrono::steady_clock::now();
            quiet_since = got.empty() ? quiet_since : now;
            return now - quiet_since > 150ms;
        });
    }
    std::size_t parts() { return answer().parts.size(); }

  private:
    const agent_answer& answer() {
        agent_.call(protocol::ping{}); // its reply comes after whatever was reported before
        return agent_.receive(request_, 0);
    }
    void take(std::set<std::string>& into) {
        const auto& parts = answer().parts;
        for (; taken_ < parts.size(); ++taken_) {
            BOOST_TEST(parts[taken_].first == "runs_changed");
            protocol::runs_changed part;
            BOOST_REQUIRE(protocol::from_json(parts[taken_].second, part));
            into.insert(part.ids.begin(), part.ids.end());
        }
    }

    agent_process& agent_;
    std::uint32_t request_;
    std::size_t taken_ = 0;
};

/// A home with the runs `a` and `b`, and a watch of both.
struct watched_home {
    run_home at;
    agent_process agent{at.cache};
    fs::path a = at.make_run("a", {}).directory;
    fs::path b = at.make_run("b", {}).directory;
};

/// The child may have no more than so many watches: those of a user namespace of its own.
std::function<void()> with_watches(int most) {
    return [most, user = ::geteuid()] {
        if (::unshare(CLONE_NEWUSER) != 0) {
            return;
        }
        std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
        std::ofstream("/proc/sys/user/max_inotify_watches") << most;
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_watch)

BOOST_AUTO_TEST_CASE(every_kind_of_change_is_reported_of_the_run_where_it_happens) {
    watched_home at;
    fs::create_directories(at.a / "old/er");
    write(at.a / "file", "text");
    write(at.a / "old/er/file", "text");
    fs::create_directories(at.at.root / "outside/deep");
    watch seen(at.agent, at.at, {"a", "b"});
    BOOST_TEST(!seen.ready.polls);
    const std::pair<const char*, std::function<void()>> changes[] = {
        {"append", [&] { append(at.a / "file", "more"); }},
        {"overwrite", [&] { write(at.a / "file", "other"); }},
        {"truncate", [&] { fs::resize_file(at.a / "file", 1); }},
        {"mode", [&] { fs::permissions(at.a / "file", fs::perms::owner_all); }},
        {"time", [&] { fs::last_write_time(at.a / "file", fs::file_time_type::clock::now()); }},
        {"create", [&] { write(at.a / "new", ""); }},
        {"link", [&] { fs::create_symlink("nowhere", at.a / "dangling"); }},
        {"hard link", [&] { fs::create_hard_link(at.a / "file", at.a / "hard"); }},
        {"rename", [&] { fs::rename(at.a / "new", at.a / "newer"); }},
        {"replace", [&] { fs::rename(at.a / "newer", at.a / "file"); }},
        {"remove", [&] { fs::remove(at.a / "file"); }},
        {"deep append", [&] { append(at.a / "old/er/file", "more"); }},
        {"status", [&] { write(at.a / ".guild/attrs/exit_status", "0\n"); }},
        {"directory", [&] { fs::create_directory(at.a / "made"); }},
        {"in a new directory", [&] { write(at.a / "made/file", "text"); }},
        {"directories at once", [&] { fs::create_directories(at.a / "w/x/y/z"); }},
        {"in the last of them", [&] { write(at.a / "w/x/y/z/file", "text"); }},
        {"renamed directory", [&] { fs::rename(at.a / "w/x", at.a / "moved"); }},
        {"in the renamed directory", [&] { append(at.a / "moved/y/z/file", "more"); }},
        {"a tree from outside", [&] { fs::rename(at.at.root / "outside", at.a / "inside"); }},
        {"in the tree from outside", [&] { write(at.a / "inside/deep/file", ""); }},
        {"a tree to outside", [&] { fs::rename(at.a / "inside", at.at.root / "out"); }},
        {"remove a tree", [&] { fs::remove_all(at.a / "moved"); }},
    };
    for (const auto& [what, change] : changes) {
        BOOST_TEST_CONTEXT(what) {
            seen.settle();
            change();
            BOOST_TEST(seen.reported({"a"}).size() == 1U);
        }
    }
    seen.settle();
    write(at.at.root / "out/deep/file", "no longer in a run");
    append(at.b / "file", "");
    BOOST_TEST((seen.reported({"b"}) == std::set<std::string>{"b"}));
}

BOOST_AUTO_TEST_CASE(files_of_transfers_are_no_change) {
    watched_home at;
    fs::create_directories(at.a / ".guild/outrider/incoming");
    fs::create_directories(at.a / "data/incoming");
    watch seen(at.agent, at.at, {"a", "b"});
    write(at.a / ".guild/outrider/incoming/part", "x");
    fs::create_directories(at.a / ".guild/outrider/incoming/deep");
    fs::remove_all(at.a / ".guild/outrider/incoming");
    append(at.b / "file", "x");
    BOOST_TEST((seen.reported({"b"}) == std::set<std::string>{"b"}));
    append(at.a / "data/incoming/file", "x"); // the user's own
    seen.reported({"a"});
}

BOOST_AUTO_TEST_CASE(runs_come_and_go_and_come_again) {
    watched_home at;
    watch seen(at.agent, at.at, {"a", "later", "never"});
    const auto later = at.at.run("later").directory;
    fs::create_directories(later / "deep");
    seen.reported({"later"});
    seen.settle();
    write(later / "deep/file", "x");
    seen.reported({"later"});
    for (int round = 0; round < 3; ++round) {
        fs::remove_all(at.a);
        seen.reported({"a"});
        seen.settle();
        fs::create_directories(at.a / "deep");
        seen.reported({"a"});
        seen.settle();
        write(at.a / "deep/file", std::to_string(round));
        BOOST_TEST((seen.reported({"a"}) == std::set<std::string>{"a"}));
        seen.settle();
    }
    fs::rename(at.a, at.at.root / "aside");
    seen.reported({"a"});
    fs::rename(at.at.root / "aside", at.a);
    seen.reported({"a"});
    seen.settle();
    append(at.a / "deep/file", "x");
    seen.reported({"a"});
}

BOOST_AUTO_TEST_CASE(a_home_that_does_not_exist_yet_is_waited_for) {
    run_home at;
    agent_process agent(at.cache);
    fs::remove_all(at.home);
    watch seen(agent, at, {"a"});
    write(at.root / "unrelated", "");
    fs::create_directories(at.run("a").directory / "deep");
    seen.reported({"a"});
    seen.settle();
    append(at.run("a").directory / "deep/file", "x");
    seen.reported({"a"});
    fs::remove_all(at.home / "runs"); // with everything
    seen.reported({"a"});
    seen.settle();
    fs::create_directories(at.run("a").directory);
    seen.reported({"a"});
    seen.settle();
    append(at.run("a").directory / "file", "x");
    seen.reported({"a"});
}

BOOST_AUTO_TEST_CASE(directories_that_are_filled_at_once_are_watched_to_the_last) {
    watched_home at;
    watch seen(at.agent, at.at, {"a", "b"});
    std::vector<fs::path> made;
    for (int i = 0; i < 300; ++i) {
        made.push_back(at.a / std::to_string(i % 7) / std::to_string(i) / "deep/er");
        fs::create_directories(made.back());
        fill(made.back(), 3);
        if (i % 3 == 0) {
            const auto from = made.back().parent_path();
            fs::rename(from, from.parent_path() / "renamed");
            made.back() = from.parent_path() / "renamed/er";
        }
    }
    seen.reported({"a"});
    for (const auto& each : {made.front(), made[150], made[151], made.back()}) {
        seen.settle();
        append(each / "0", "more");
        BOOST_TEST((seen.reported({"a"}) == std::set<std::string>{"a"}));
    }
}

BOOST_AUTO_TEST_CASE(a_writer_without_pause_is_reported_all_the_same) {
    watched_home at;
    watch seen(at.agent, at.at, {"a"}, 100);
    const auto before = seen.parts();
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < 1500ms) {
        append(at.a / "file", "line\n");
    }
    const auto after = seen.parts();
    BOOST_TEST(after - before >= 5U);
    BOOST_TEST(after - before <= 16U); // and what comes together is reported together
}

BOOST_AUTO_TEST_CASE(after_an_overflow_every_run_is_reported_and_nothing_is_forgotten) {
    watched_home at;
    fs::create_directories(at.a / "old");
    watch seen(at.agent, at.at, {"a", "b"});
    int most = 0;
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
    BOOST_REQUIRE(most > 0);
    ::kill(at.agent.pid, SIGSTOP);
    for (int i = 0; i <= most / 2; ++i) { // two events at least for each, of different names
        write(at.a / ("f" + std::to_string(i)), "");
    }
    fs::create_directories(at.a / "lost/dir"); // nobody is told of this
    ::kill(at.agent.pid, SIGCONT);
    seen.reported({"a", "b"});
    seen.settle();
    append(at.a / "lost/dir/file", "x");
    BOOST_TEST((seen.reported({"a"}) == std::set<std::string>{"a"}));
    seen.settle();
    append(at.a / "old/file", "x");
    seen.reported({"a"});
}

BOOST_AUTO_TEST_CASE(without_watches_the_runs_are_looked_at) {
    run_home at;
    const auto a = at.make_run("a", {}).directory;
    const auto b = at.make_run("b", {}).directory;
    write(a / "file", "x");
    agent_process agent(at.cache, {}, with_watches(3));
    watch seen(agent, at, {"a", "b", "later"});
    if (!seen.ready.polls) {
        BOOST_TEST_MESSAGE("skipped: no user namespaces here");
        return;
    }
    append(a / "file", "more");
    BOOST_TEST((seen.reported({"a"}, 15) == std::set<std::string>{"a"}));
    fs::remove_all(b);
    fs::create_directories(at.run("later").directory);
    BOOST_TEST((seen.reported({"b", "later"}, 15) == std::set<std::string>{"b", "later"}));
}

BOOST_AUTO_TEST_CASE(watches_that_run_out_later_are_replaced_by_looks) {
    run_home at;
    const auto a = at.make_run("a", {}).directory; // four directories, and the home
    agent_process agent(at.cache, {}, with_watches(12));
    watch seen(agent, at, {"a"});
    BOOST_TEST(!seen.ready.polls);
    for (int i = 0; i < 20; ++i) {
        fs::create_directories(a / std::to_string(i));
    }
    seen.reported({"a"});
    seen.settle();
    append(a / "19/file", "x");
    seen.reported({"a"}, 15);
}

BOOST_AUTO_TEST_CASE(many_runs_are_watched_and_reported_together) {
    run_home at;
    agent_process agent(at.cache);
    ids runs;
    for (int i = 0; i < 1500; ++i) {
        runs.push_back("run" + std::to_string(i));
        fs::create_directories(at.run(runs.back()).attributes());
    }
    const auto start = std::chrono::steady_clock::now();
    watch seen(agent, at, runs, 500);
    BOOST_TEST_MESSAGE("ready after " << (std::chrono::steady_clock::now() - start) / 1ms << " ms");
    for (const auto& id : runs) {
        append(at.run(id).output(), "x");
    }
    const std::set<std::string> all(runs.begin(), runs.end());
    BOOST_TEST((seen.reported(all) == all));
}

BOOST_AUTO_TEST_CASE(a_watch_ends_when_it_is_cancelled_and_refuses_what_makes_no_sense) {
    watched_home at;
    watch seen(at.agent, at.at, {"a", "a"}); // twice is no harm
    append(at.a / "file", "x");
    seen.reported({"a"});
    at.agent.cancel(seen.request());
    const auto ended = at.agent.finish(seen.request());
    BOOST_REQUIRE(ended.failure.has_value());
    BOOST_TEST(ended.failure->code == "cancelled");
    const auto home = at.at.home.native();
    for (const auto& bad : {ids{"../x"}, ids{""}, ids{"a/b"}, ids(20'001, "a")}) {
        BOOST_TEST(at.agent.refuse(protocol::watch_run_files{.home = home, .ids = bad}).code ==
                   "bad_input");
    }
    watch none(at.agent, at.at, {});
}

BOOST_AUTO_TEST_CASE(a_large_tree_does_not_hold_up_other_requests) {
    watched_home at;
    for (int i = 0; i < 6000; ++i) {
        fs::create_directories(at.a / std::to_string(i % 100) / std::to_string(i));
    }
    const auto request =
        at.agent.send(protocol::watch_run_files{.home = at.at.home.native(), .ids = {"a", "b"}});
    auto longest = 0ms;
    int pings = 0;
    eventually("the watch is ready", [&] {
        const auto start = std::chrono::steady_clock::now();
        at.agent.call(protocol::ping{});
        const auto took = std::chrono::steady_clock::now() - start;
        longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(took));
        ++pings;
        return !at.agent.receive(request, 0).parts.empty();
    });
    BOOST_TEST_MESSAGE(pings << " pings, the longest took " << longest.count() << " ms");
    BOOST_TEST(longest < 200ms); // 10 ms and what a busy machine adds
}

BOOST_AUTO_TEST_CASE(a_watch_that_is_too_large_says_so) {
    temporary_directory place;
    for (int i = 0; i < 5; ++i) {
        fs::create_directories(place.path() / "a" / std::to_string(i));
    }
    const auto never = agent::clock::time_point::max();
    agent::tree_watch enough(place.path(), {"a"}, 6);
    BOOST_TEST(enough.step(never));
    BOOST_TEST(!enough.busy());
    agent::tree_watch small(place.path(), {"a"}, 5);
    BOOST_TEST(!small.step(never));
}

BOOST_AUTO_TEST_CASE(a_print_changes_with_everything_that_counts) {
    temporary_directory place;
    const auto print = [&] {
        agent::tree_fingerprint one(place.path());
        while (!one.step(agent::clock::now())) { // one step at a time
        }
        return one.value();
    };
    const auto at = [&](const char* name) { return place.path() / name; };
    place.write("d/file", "text");
    place.write(".guild/outrider/incoming/part", "x");
    const auto first = print();
    BOOST_TEST(print() == first);
    place.write(".guild/outrider/incoming/other", "x");
    BOOST_TEST(print() == first);
    std::set<std::uint64_t> prints{first};
    const std::function<void()> changes[] = {
        [&] { append(at("d/file"), "more"); },
        [&] { fs::create_directory(at("e")); },
        [&] { fs::rename(at("e"), at("f")); },
        [&] { fs::rename(at("d/file"), at("f/file")); },
        [&] { fs::permissions(at("f/file"), fs::perms::owner_read); },
        [&] { fs::create_symlink("/", at("link")); },
        [&] { fs::remove(at("f/file")); },
        [&] { fs::remove_all(place.path()); },
    };
    for (const auto& change : changes) {
        change();
        BOOST_TEST(prints.insert(print()).second);
    }
    BOOST_TEST(print() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
