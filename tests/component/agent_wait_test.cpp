#include "engine/protocol/wait_messages.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

namespace {

using ids = std::vector<std::string>;

protocol::wait_runs wait_for(const run_home& at, ids runs, bool any = false) {
    return {.home = at.home.native(), .ids = std::move(runs), .any = any};
}

protocol::follow_output follow(const run_home& at, const std::string& id) {
    return {.home = at.home.native(), .run_id = id};
}

std::int64_t begin_of(const agent_answer& answer) {
    BOOST_REQUIRE(!answer.parts.empty());
    BOOST_TEST(answer.parts.front().first == "output_begins");
    return answer.parts.front().second.at("offset").as_int64();
}

// Milliseconds of each line, as the index holds them.
void write_index(const run_paths& run, const std::vector<std::int64_t>& times) {
    std::string bytes;
    for (const auto time : times) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes.push_back(static_cast<char>(time >> shift & 0xff));
        }
        bytes.push_back('\0');
    }
    write(run.output_index(), bytes);
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_wait)

BOOST_AUTO_TEST_CASE(a_wait_ends_with_the_last_or_with_the_first_of_the_runs) {
    run_home at;
    agent_process agent(at.cache);
    const std::string fifo = (at.root / "go").native();
    agent.call(at.start("slow", "mkfifo " + fifo + "; read x <" + fifo));
    agent.call(at.start("fast", "exit 3"));
    const auto any = agent.call(wait_for(at, {"slow", "fast"}, true));
    BOOST_TEST(any.ended == ids{"fast"}, boost::test_tools::per_element());
    const auto all = agent.send(wait_for(at, {"slow", "fast"}));
    agent.call(protocol::ping{});
    BOOST_TEST(!agent.receive(all, 0).ended());
    write(fifo, "\n");
    const auto reply = agent_process::reply_of<protocol::wait_runs>(agent.finish(all));
    BOOST_TEST(reply.ended == (ids{"slow", "fast"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_run_that_is_deleted_meanwhile_is_over_and_one_that_never_was_is_refused) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {});
    write(run.guild() / "STAGED", "");
    const auto waiting = agent.send(wait_for(at, {"a"}));
    agent.call(protocol::ping{});
    BOOST_TEST(!agent.receive(waiting, 0).ended()); // a staged run has not ended
    fs::remove(run.opref());
    const auto reply = agent_process::reply_of<protocol::wait_runs>(agent.finish(waiting));
    BOOST_TEST(reply.ended == ids{"a"}, boost::test_tools::per_element());
    BOOST_TEST(agent.refuse(wait_for(at, {"never"})).code == "not_found");
    BOOST_TEST(agent.refuse(wait_for(at, {"../x"})).code == "bad_input");
    BOOST_TEST(agent.refuse(wait_for(at, ids(1001, "a"))).code == "bad_input");
}

BOOST_AUTO_TEST_CASE(a_watch_begins_with_the_last_lines) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {{"exit_status", "0\n"}});
    struct tail_case {
        std::string output;
        std::int64_t lines;
        std::string shown;
    };
    const tail_case cases[] = {
        {"one\ntwo\nthree\n", 2, "two\nthree\n"},
        {"one\ntwo\nthree", 2, "two\nthree"},
        {"one\ntwo\n", 0, ""},
        {"one\ntwo\n", 9, "one\ntwo\n"},
        {"\n\n\n", 2, "\n\n"},
        {"", 3, ""},
        {std::string(200'000, 'x') + "\nlast\n", 1, "last\n"},
        {std::string(200'000, 'x') + "\nlast\n", 2, std::string(200'000, 'x') + "\nlast\n"},
    };
    for (const auto& each : cases) {
        write(run.output(), each.output);
        auto request = follow(at, "a");
        request.tail_lines = each.lines;
        const auto answer = agent.finish(agent.send(request));
        BOOST_TEST((answer.data == each.shown));
        BOOST_TEST(begin_of(answer) ==
                   static_cast<std::int64_t>(each.output.size() - each.shown.size()));
    }
}

BOOST_AUTO_TEST_CASE(a_watch_begins_with_the_lines_of_a_time) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {{"exit_status", "0\n"}});
    write(run.output(), "one\ntwo\nthree\nlast");
    write_index(run, {1000, 2000, 2000, 3000});
    const std::pair<std::int64_t, const char*> cases[] = {
        {0, "one\ntwo\nthree\nlast"},
        {1'000'000, "one\ntwo\nthree\nlast"},
        {1'000'001, "two\nthree\nlast"},
        {2'000'000, "two\nthree\nlast"},
        {2'500'000, "last"},
        {9'000'000, ""},
    };
    for (const auto& [since, shown] : cases) {
        auto request = follow(at, "a");
        request.since_us = since;
        const auto answer = agent.finish(agent.send(request));
        BOOST_TEST(answer.data == shown);
    }
    auto request = follow(at, "a");
    request.since_ago_us = 60'000'000; // all of it is from 1970
    BOOST_TEST(agent.finish(agent.send(request)).data == "");
    fs::remove(run.output_index()); // then nothing is known of times
    BOOST_TEST(agent.finish(agent.send(request)).data == "one\ntwo\nthree\nlast");
}

BOOST_AUTO_TEST_SUITE_END()
