#include "engine/runs/run_identity.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace outrider;
using namespace outrider::testing;
using namespace std::chrono_literals;

namespace {

protocol::follow_output follow(const run_home& at, const std::string& id, std::int64_t offset = 0) {
    return {.home = at.home.native(), .run_id = id, .offset = offset};
}

struct index_entry {
    std::uint64_t ms;
    int stream;
};

std::vector<index_entry> read_index(const run_paths& run) {
    const std::string bytes = content(run.output_index());
    BOOST_REQUIRE(bytes.size() % 9 == 0);
    std::vector<index_entry> out;
    for (std::size_t at = 0; at < bytes.size(); at += 9) {
        index_entry entry{0, bytes[at + 8]};
        for (std::size_t i = 0; i < 8; ++i) {
            entry.ms = entry.ms << 8 | static_cast<unsigned char>(bytes[at + i]);
        }
        out.push_back(entry);
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_output)

BOOST_AUTO_TEST_CASE(a_quiet_run_has_two_empty_files) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "exit 0"));
    agent.call(follow(at, "r1"));
    BOOST_TEST(fs::file_size(at.run("r1").output()) == 0U);
    BOOST_TEST(fs::file_size(at.run("r1").output_index()) == 0U);
}

BOOST_AUTO_TEST_CASE(the_index_has_an_entry_for_each_line_and_its_stream) {
    run_home at;
    agent_process agent(at.cache);
    // A pipe of its own for each: a reader could find the writer of the former line still there.
    const std::string first = (at.root / "first").native();
    const std::string second = (at.root / "second").native();
    // Each line waits until the one before is recorded, so that their order is known.
    agent.call(at.start("r1", "mkfifo " + first + " " + second + "; echo one; read x <" + first +
                                  "; echo two >&2; read x <" + second + "; printf 'a\\n\\nlast'"));
    const auto id = agent.send(follow(at, "r1"));
    agent.receive(id, 4);
    write(first, "\n");
    agent.receive(id, 8);
    write(second, "\n");
    BOOST_TEST(agent.finish(id).data == "one\ntwo\na\n\nlast");
    const auto index = read_index(at.run("r1"));
    BOOST_REQUIRE(index.size() == 5U);
    const std::array streams{0, 1, 0, 0, 0};
    const auto now_ms = static_cast<std::uint64_t>(now_us() / 1000);
    for (std::size_t i = 0; i < index.size(); ++i) {
        BOOST_TEST(index[i].stream == streams[i]);
        BOOST_TEST((index[i].ms <= now_ms && index[i].ms + 60'000 > now_ms));
    }
}

BOOST_AUTO_TEST_CASE(one_pipe_for_both_streams_if_the_run_asks_for_it) {
    run_home at;
    agent_process agent(at.cache);
    auto request = at.start("r1", "for i in 1 2 3; do echo o$i; echo e$i >&2; done");
    request.environment["SYNC_RUN_OUTPUT"] = "1";
    agent.call(request);
    BOOST_TEST(agent.finish(agent.send(follow(at, "r1"))).data == "o1\ne1\no2\ne2\no3\ne3\n");
    BOOST_TEST(read_index(at.run("r1")).size() == 6U);
}

BOOST_AUTO_TEST_CASE(much_output_arrives_whole_and_in_order) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "seq 1 300000"));
    const auto answer = agent.finish(agent.send(follow(at, "r1")), 60s);
    BOOST_TEST(answer.data.size() == 1988895U);
    BOOST_TEST(answer.data == content(at.run("r1").output()));
    BOOST_TEST(read_index(at.run("r1")).size() == 300000U);
    BOOST_TEST(answer.data.ends_with("299999\n300000\n"));
}

BOOST_AUTO_TEST_CASE(an_appended_line_arrives_within_milliseconds) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "exec sleep 60"));
    const auto id = agent.send(follow(at, "r1"));
    std::ofstream output(at.run("r1").output(), std::ios::app);
    std::vector<double> took;
    std::size_t bytes = 0;
    for (int i = 0; i < 31; ++i) {
        const auto before = std::chrono::steady_clock::now();
        output << "x\n" << std::flush;
        agent.receive(id, bytes += 2);
        const std::chrono::duration<double, std::milli> ms =
            std::chrono::steady_clock::now() - before;
        took.push_back(ms.count());
    }
    std::ranges::nth_element(took, took.begin() + 15);
    BOOST_TEST_MESSAGE("median " << took[15] << " ms");
    BOOST_TEST(took[15] < 20.0); // 0.1 when the machine is idle; polling would show as 100
}

BOOST_AUTO_TEST_CASE(a_follow_goes_on_at_its_offset) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "echo abcdef"));
    agent.call(follow(at, "r1"));
    BOOST_TEST(agent.finish(agent.send(follow(at, "r1", 3))).data == "def\n");
}

BOOST_AUTO_TEST_CASE(an_offset_beyond_the_end_starts_again_and_says_so) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "echo abc"));
    agent.call(follow(at, "r1"));
    const auto answer = agent.finish(agent.send(follow(at, "r1", 100)));
    BOOST_TEST(answer.data == "abc\n");
    BOOST_REQUIRE(answer.parts.size() == 1U);
    BOOST_TEST(answer.parts[0].first == "output_restarted");
}

BOOST_AUTO_TEST_CASE(without_following_the_present_end_is_the_end) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "echo abc; exec sleep 60"));
    agent.receive(agent.send(follow(at, "r1")), 4);
    auto request = follow(at, "r1");
    request.follow = false;
    const auto answer = agent.finish(agent.send(request));
    BOOST_TEST(answer.data == "abc\n");
    BOOST_TEST(answer.reply.has_value());
}

BOOST_AUTO_TEST_CASE(a_follow_of_a_pending_run_waits_for_its_output) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("r1", {});
    write(run.pending(), "");
    const auto id = agent.send(follow(at, "r1"));
    agent.call(protocol::ping{});
    write(run.output(), "late\n");
    BOOST_TEST(agent.receive(id, 5).data == "late\n");
    write(run.attribute("exit_status"), "0\n");
    fs::remove(run.pending());
    BOOST_TEST(agent.finish(id).reply.has_value());
}

BOOST_AUTO_TEST_CASE(a_run_goes_on_when_the_agent_that_started_and_followed_it_is_killed) {
    run_home at;
    const std::string fifo = (at.root / "go").native();
    {
        agent_process agent(at.cache);
        agent.call(
            at.start("r1", "mkfifo " + fifo + "; echo before; read x <" + fifo + "; echo after"));
        agent.receive(agent.send(follow(at, "r1")), 7);
        agent.kill_now();
    }
    agent_process agent(at.cache);
    const auto id = agent.send(follow(at, "r1", 7));
    write(fifo, "\n");
    BOOST_TEST(agent.finish(id).data == "after\n");
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "0\n");
}

BOOST_AUTO_TEST_CASE(a_grandchild_that_holds_the_output_does_not_keep_the_run_alive) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "sleep 60 & echo done"));
    const auto answer = agent.finish(agent.send(follow(at, "r1")), 10s);
    BOOST_TEST(answer.data == "done\n");
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "0\n");
}

BOOST_AUTO_TEST_CASE(a_follow_ends_when_the_supervisor_and_the_operation_are_killed) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "echo said; exec sleep 60"));
    const auto id = agent.send(follow(at, "r1"));
    agent.receive(id, 5);
    const auto identity = read_identity(at.run("r1").identity());
    ::kill(static_cast<pid_t>(identity->supervisor.pid), SIGKILL);
    ::kill(static_cast<pid_t>(identity->operation.pid), SIGKILL);
    const auto answer = agent.finish(id, 10s);
    BOOST_TEST(answer.data == "said\n");
    const auto end = agent_process::reply_of<protocol::follow_output>(answer);
    BOOST_TEST((end.run.operation == protocol::process_state::gone));
    BOOST_TEST(fs::exists(at.run("r1").lock()));
    BOOST_TEST(!fs::exists(at.run("r1").attribute("exit_status")));
}

BOOST_AUTO_TEST_CASE(a_follow_outlives_the_supervisor_while_the_operation_lives) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "echo said; exec sleep 60"));
    const auto id = agent.send(follow(at, "r1"));
    agent.receive(id, 5);
    const auto identity = read_identity(at.run("r1").identity());
    ::kill(static_cast<pid_t>(identity->supervisor.pid), SIGKILL);
    BOOST_REQUIRE(eventually([&] { return !is_alive(identity->supervisor); }));
    auto request = follow(at, "r1");
    request.follow = false;
    const auto facts = agent.call(request);
    BOOST_TEST((facts.run.operation == protocol::process_state::alive));
    BOOST_TEST((facts.run.supervisor == protocol::process_state::gone));
    ::kill(static_cast<pid_t>(identity->operation.pid), SIGKILL);
    BOOST_TEST(agent.finish(id, 10s).reply.has_value());
}

BOOST_AUTO_TEST_CASE(a_cancelled_follow_ends) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "exec sleep 60"));
    const auto id = agent.send(follow(at, "r1"));
    agent.cancel(id);
    const auto answer = agent.finish(id);
    BOOST_REQUIRE(answer.failure.has_value());
    BOOST_TEST(answer.failure->code == "cancelled");
}

BOOST_AUTO_TEST_CASE(a_follow_of_a_run_that_does_not_exist_is_refused) {
    run_home at;
    agent_process agent(at.cache);
    BOOST_TEST(agent.refuse(follow(at, "r1")).code == "not_found");
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_far_run_is_shown_as_far_as_it_goes) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("r1", {{"started", "1\n"}});
    write(run.guild() / "LOCK.remote", "gpu1");
    write(run.guild() / "JOB", "1"); // a pull copies Guild's pidfile: it means nothing here
    write(run.output(), "so far\n");
    const auto answer = agent.finish(agent.send(follow(at, "r1")));
    BOOST_TEST(answer.data == "so far\n");
    BOOST_TEST(agent_process::reply_of<protocol::follow_output>(answer).run.remote_lock.value() ==
               "gpu1");
}

namespace {

/// Writes an index by hand: an entry per line, the milliseconds of which are these.
void write_index(const run_paths& run, const std::vector<unsigned>& times) {
    std::string bytes;
    for (const auto ms : times) {
        bytes += std::string(6, '\0');
        bytes += static_cast<char>(ms >> 8);
        bytes += static_cast<char>(ms & 0xff);
        bytes += '\0';
    }
    write(run.output_index(), bytes);
}

std::vector<std::int64_t> times_in(const agent_answer& answer) {
    std::vector<std::int64_t> all;
    for (const auto& [name, body] : answer.parts) {
        protocol::line_times times;
        if (name == protocol::line_times::name && protocol::from_json(body, times)) {
            all.insert(all.end(), times.times_ms.begin(), times.times_ms.end());
        }
    }
    return all;
}

/// A run that has ended, with this output and index.
void make_ended(run_home& at, const std::string& output, const std::vector<unsigned>& times) {
    const auto run = at.make_run("r1", {{"exit_status", "0\n"}});
    write(run.output(), output);
    write_index(run, times);
}

} // namespace

BOOST_AUTO_TEST_CASE(the_times_of_lines_are_told_from_wherever_a_follow_begins) {
    run_home at;
    make_ended(at, "one\ntwo\n\nlast", {1000, 2000, 3000, 4000});
    agent_process agent(at.cache);
    struct start_case {
        std::int64_t offset;
        std::optional<std::int64_t> tail;
        std::vector<std::int64_t> times;
    };
    const start_case cases[] = {
        {0, {}, {1000, 2000, 3000, 4000}},
        {2, {}, {2000, 3000, 4000}}, // within the first line, which was told of before
        {4, {}, {2000, 3000, 4000}},
        {8, {}, {3000, 4000}},
        {11, {}, {}},
        {13, {}, {}},
        {0, 2, {3000, 4000}},
        {0, 9, {1000, 2000, 3000, 4000}},
    };
    for (const auto& each : cases) {
        auto request = follow(at, "r1", each.offset);
        request.tail_lines = each.tail;
        request.line_times = true;
        const auto answer = agent.finish(agent.send(request));
        BOOST_TEST(times_in(answer) == each.times, boost::test_tools::per_element());
    }
    BOOST_TEST(times_in(agent.finish(agent.send(follow(at, "r1")))).empty());
}

BOOST_AUTO_TEST_CASE(many_lines_have_a_time_each_over_many_frames) {
    run_home at;
    std::string output;
    std::vector<unsigned> times;
    for (unsigned i = 0; i < 60'000; ++i) {
        output += "line " + std::to_string(i) + "\n";
        times.push_back(i);
    }
    make_ended(at, output, times);
    agent_process agent(at.cache);
    auto request = follow(at, "r1");
    request.line_times = true;
    const auto answer = agent.finish(agent.send(request));
    BOOST_TEST(answer.data == output);
    const auto told = times_in(answer);
    BOOST_REQUIRE(told.size() == times.size());
    for (std::size_t i = 0; i < told.size(); ++i) {
        BOOST_REQUIRE(told[i] == static_cast<std::int64_t>(i));
    }
}

BOOST_AUTO_TEST_CASE(a_line_that_is_not_in_the_index_is_as_old_as_the_output) {
    run_home at;
    make_ended(at, "one\ntwo\n", {1000});
    agent_process agent(at.cache);
    auto request = follow(at, "r1");
    request.line_times = true;
    const auto told = times_in(agent.finish(agent.send(request)));
    BOOST_REQUIRE(told.size() == 2U);
    BOOST_TEST(told[0] == 1000);
    BOOST_TEST(told[1] <= now_us() / 1000);
    BOOST_TEST(told[1] > now_us() / 1000 - 60'000);
}

BOOST_AUTO_TEST_CASE(a_follow_of_a_run_that_a_reboot_ended_reads_its_files_before_it_says_so) {
    for (const bool finished : {false, true}) {
        run_home at;
        agent_process agent(at.cache);
        const auto run = at.make_run("r1", {});
        write(run.output(), "last words\n");
        write(run.lock(), "4242");
        auto identity = identity_here(agent.hello.machine, {}, {.pid = 4242});
        identity.boot_id = "the boot before";
        std::filesystem::create_directories(run.ours());
        BOOST_REQUIRE(!!write_identity(run, run.identity(), identity));
        if (finished) {
            write(run.attribute("exit_status"), "0\n");
        }
        const auto answer = agent.finish(agent.send(follow(at, "r1")));
        BOOST_TEST(answer.data == "last words\n");
        const auto end = agent_process::reply_of<protocol::follow_output>(answer);
        BOOST_TEST((end.run.reason && end.run.reason->kind == "rebooted") == !finished);
        BOOST_TEST(end.run.attributes.contains("exit_status") == finished);
    }
}

BOOST_AUTO_TEST_SUITE_END()
