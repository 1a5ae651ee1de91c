#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

namespace {

std::vector<protocol::run_facts> runs_of(const agent_answer& answer) {
    std::vector<protocol::run_facts> out;
    for (const auto& [type, body] : answer.parts) {
        BOOST_REQUIRE(type == "run_batch");
        protocol::run_batch batch;
        BOOST_REQUIRE(protocol::from_json(body, batch));
        BOOST_TEST(batch.runs.size() <= 200U);
        out.insert(out.end(), batch.runs.begin(), batch.runs.end());
    }
    return out;
}

void make_thousand(run_home& at) {
    for (int i = 0; i < 1000; ++i) {
        at.make_run("run" + std::to_string(i), {{"started", std::to_string(1000 + i) + "\n"},
                                                {"exit_status", "0\n"},
                                                {"label", "n=" + std::to_string(i) + "\n"}});
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_list)

BOOST_AUTO_TEST_CASE(a_home_that_does_not_exist_is_empty) {
    run_home at;
    agent_process agent(at.cache);
    const auto reply = agent.call(protocol::list_runs{.home = (at.root / "none").native()});
    BOOST_TEST(reply.total == 0);
    BOOST_TEST(reply.home == (at.root / "none").native());
}

BOOST_AUTO_TEST_CASE(a_relative_home_is_below_the_users_home_directory) {
    run_home at;
    agent_process agent(at.cache, {{"HOME", at.root.native()}});
    for (const auto& [given, meant] :
         std::map<std::string, fs::path>{{"", at.root / ".guild"},
                                         {".guild", at.root / ".guild"},
                                         {"~/x/../y", at.root / "y"},
                                         {"~", at.root},
                                         {"/abs/home", "/abs/home"}}) {
        BOOST_TEST(agent.call(protocol::list_runs{.home = given}).home == meant.native(), given);
    }
}

BOOST_AUTO_TEST_CASE(runs_come_newest_first_and_those_without_time_last) {
    run_home at;
    agent_process agent(at.cache);
    at.make_run("old", {{"started", "5\n"}});
    at.make_run("new", {{"started", "9\n"}, {"initialized", "1\n"}});
    at.make_run("initialized", {{"initialized", "7\n"}});
    at.make_run("never", {});
    fs::create_directories(at.home / "runs" / "no-run" / ".guild");
    write(at.home / "runs" / "file", "");
    const auto answer = agent.finish(agent.send(protocol::list_runs{.home = at.home.native()}));
    std::string order;
    for (const auto& run : runs_of(answer)) {
        order += run.id + " ";
    }
    BOOST_TEST(order == "new initialized old never ");
}

BOOST_AUTO_TEST_CASE(the_newest_of_a_thousand_come_within_milliseconds) {
    run_home at;
    make_thousand(at);
    agent_process agent(at.cache);
    const auto before = std::chrono::steady_clock::now();
    const auto answer = agent.finish(agent.send(protocol::list_runs{
        .home = at.home.native(), .newest = 20, .attributes = {"label", "missing"}}));
    const std::chrono::duration<double, std::milli> took =
        std::chrono::steady_clock::now() - before;
    BOOST_TEST_MESSAGE("took " << took.count() << " ms");
    BOOST_TEST(took.count() < 500); // 10 on an idle machine
    const auto runs = runs_of(answer);
    BOOST_REQUIRE(runs.size() == 20U);
    BOOST_TEST(runs.front().id == "run999");
    BOOST_TEST(runs.front().attributes.at("label") == "n=999\n");
    BOOST_TEST(runs.front().attributes.at("exit_status") == "0\n");
    BOOST_TEST(!runs.front().attributes.contains("missing"));
    BOOST_TEST(agent_process::reply_of<protocol::list_runs>(answer).total == 1000);
}

BOOST_AUTO_TEST_CASE(all_of_a_thousand_come_in_parts) {
    run_home at;
    make_thousand(at);
    agent_process agent(at.cache);
    const auto answer = agent.finish(agent.send(protocol::list_runs{.home = at.home.native()}));
    BOOST_TEST(runs_of(answer).size() == 1000U);
    BOOST_TEST(answer.parts.size() >= 5U);
}

BOOST_AUTO_TEST_CASE(only_the_named_runs_are_reported) {
    run_home at;
    agent_process agent(at.cache);
    at.make_run("a", {});
    at.make_run("b", {});
    const auto answer = agent.finish(agent.send(
        protocol::list_runs{.home = at.home.native(), .ids = {"b", "missing", "../runs/a", ""}}));
    const auto runs = runs_of(answer);
    BOOST_REQUIRE(runs.size() == 1U);
    BOOST_TEST(runs[0].id == "b");
}

BOOST_AUTO_TEST_SUITE_END()
