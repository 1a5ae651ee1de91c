#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>
#include <unistd.h>

#include <cstdlib>

using namespace outrider;
using namespace outrider::testing;

BOOST_AUTO_TEST_SUITE(agent_protocol)

BOOST_AUTO_TEST_CASE(the_hello_describes_agent_and_machine) {
    run_home at;
    agent_process agent(at.cache);
    const auto& machine = agent.hello.machine;
    BOOST_TEST(agent.hello.version == protocol::version);
    BOOST_TEST(machine.agent_pid == agent.pid);
    BOOST_TEST(machine.boot_id.size() == 36U);
    BOOST_TEST(machine.pid_namespace.starts_with("pid:["));
    BOOST_TEST(machine.cache_directory == (at.cache / "outrider").native());
    BOOST_TEST(!machine.machine_id.empty());
    BOOST_TEST(agent.call(protocol::ping{}).time_us >= machine.time_us);
}

BOOST_AUTO_TEST_CASE(verify_knows_the_programs_own_hash) {
    run_home at;
    agent_process agent(at.cache);
    BOOST_TEST(agent.hello.build.size() == 32U);
    const std::string program = OUTRIDER_AGENT;
    BOOST_TEST(std::system((program + " verify " + agent.hello.build).c_str()) == 0);
    BOOST_TEST(std::system((program + " verify 0123").c_str()) != 0);
}

BOOST_AUTO_TEST_CASE(the_cache_is_where_the_agent_is_deployed) {
    run_home at;
    const fs::path cache = at.root / "deployed";
    fs::create_directories(cache / "agents" / "HASH");
    fs::copy_file(OUTRIDER_AGENT, cache / "agents" / "HASH" / "outrider-agent");
    const std::string command = (cache / "agents" / "HASH" / "outrider-agent").native() +
                                " serve </dev/null >" + (at.root / "hello").native();
    BOOST_TEST(std::system(command.c_str()) == 0);
    BOOST_TEST(content(at.root / "hello").find("\"cache_directory\":\"" + cache.native() + "\"") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unknown_request_fails_alone) {
    run_home at;
    agent_process agent(at.cache);
    const auto unknown =
        agent.finish(agent.send_request(R"({"type":"make_coffee","body":{"sugar":1}})"));
    BOOST_REQUIRE(unknown.failure.has_value());
    BOOST_TEST(unknown.failure->code == "unsupported");
    const auto wrong = agent.finish(agent.send_request(R"({"type":"list_runs","body":{"ids":1}})"));
    BOOST_REQUIRE(wrong.failure.has_value());
    BOOST_TEST(wrong.failure->code == "protocol_violation");
    const auto no_json = agent.finish(agent.send_request("{"));
    BOOST_REQUIRE(no_json.failure.has_value());
    agent.call(protocol::ping{});
}

BOOST_AUTO_TEST_CASE(a_malformed_frame_ends_the_agent) {
    run_home at;
    agent_process agent(at.cache);
    agent.send_bytes(std::string("\xff\xff\xff\xff\x01\x00\x00\x00\x01", 9));
    BOOST_TEST(agent.end() == 1);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_input_ends_the_agent) {
    run_home at;
    agent_process agent(at.cache);
    BOOST_TEST(agent.end() == 0);
}

BOOST_AUTO_TEST_CASE(a_supervisor_that_no_agent_launched_touches_nothing) {
    run_home at;
    const auto run = at.make_run("r1", {{"exit_status", "0\n"}});
    const std::string command = std::string(OUTRIDER_AGENT) + " guild run --run-dir " +
                                run.directory.native() + " op a=1 2>/dev/null";
    BOOST_TEST(std::system(command.c_str()) != 0);
    BOOST_TEST(content(run.attribute("exit_status")) == "0\n");
}

BOOST_AUTO_TEST_CASE(an_agent_whose_parent_ignores_ended_children_starts_runs_all_the_same) {
    run_home at;
    ::signal(SIGCHLD, SIG_IGN);
    {
        agent_process agent(at.cache);
        ::signal(SIGCHLD, SIG_DFL);
        agent.call(at.start("r1", "exit 4"));
        agent.call(protocol::follow_output{.home = at.home.native(), .run_id = "r1"});
    }
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "4\n");
}

BOOST_AUTO_TEST_SUITE_END()
