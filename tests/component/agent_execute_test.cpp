// Programs that an agent executes for a client, with the real agent as a process.
#include "engine/protocol/machine_messages.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>
#include <sys/resource.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

protocol::execute shell(const run_home& at, const std::string& script) {
    protocol::execute request;
    request.words = {"sh", "-c", script};
    request.home = at.home.native();
    request.directory = at.root.native();
    return request;
}

std::int64_t exit_status(const agent_answer& answer) {
    return agent_process::reply_of<protocol::execute>(answer).exit_status;
}

bool lives(pid_t pid) {
    const auto stat = content("/proc/" + std::to_string(pid) + "/stat");
    const auto state = stat.rfind(')');
    return state != std::string::npos && stat.compare(state, 3, ") Z") != 0;
}

// Resident memory of a process, bytes.
std::size_t memory_of(pid_t pid) {
    const auto text = content("/proc/" + std::to_string(pid) + "/statm");
    return std::stoul(text.substr(text.find(' '))) * 4096;
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_execute)

BOOST_AUTO_TEST_CASE(both_outputs_and_the_exit_status_come) {
    run_home at;
    agent_process agent(at.cache);
    const auto answer = agent.finish(agent.send(shell(at, "echo out; echo err >&2; pwd; exit 7")));
    BOOST_TEST(answer.data == "out\nerr\n" + at.root.native() + "\n");
    BOOST_TEST(exit_status(answer) == 7);
    BOOST_TEST(exit_status(agent.finish(agent.send(shell(at, "kill -9 $$")))) == -9);
}

BOOST_AUTO_TEST_CASE(it_has_no_input_and_the_home_and_environment_of_the_request) {
    run_home at;
    agent_process agent(at.cache);
    auto request = shell(at, "cat; echo ${home} $1 $GUILD_HOME $COLOUR '${run_dir}'");
    request.words.insert(request.words.end(), {"sh", "${home}/x"});
    request.environment = {{"COLOUR", "blue ${home}"}};
    const auto home = at.home.native();
    BOOST_TEST(agent.finish(agent.send(request)).data ==
               home + " " + home + "/x " + home + " blue ${home} ${run_dir}\n");
}

BOOST_AUTO_TEST_CASE(activation_runs_before_it_and_its_failure_is_told) {
    run_home at;
    agent_process agent(at.cache);
    auto request = shell(at, "echo $MOOD");
    request.activation = "export MOOD=calm; echo noise";
    BOOST_TEST(agent.finish(agent.send(request)).data == "calm\n");
    request.activation = "echo no such thing >&2; false";
    const auto refused = agent.refuse(request);
    BOOST_TEST(refused.code == "start_failed");
    BOOST_TEST(refused.context.find("no such thing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_executed_is_told) {
    run_home at;
    agent_process agent(at.cache);
    auto request = shell(at, "");
    request.words = {"no-such-program-here"};
    BOOST_TEST(agent.refuse(request).code == "not_found");
    request.words = {"/no/such/program"};
    BOOST_TEST(agent.refuse(request).code == "not_found");
    request.words = {};
    BOOST_TEST(agent.refuse(request).code == "bad_input");
    write(at.root / "plain", "text");
    request.words = {(at.root / "plain").native()};
    BOOST_TEST(agent.refuse(request).code == "start_failed");
    request = shell(at, "true");
    request.directory = "/no/such/directory";
    const auto refused = agent.refuse(request);
    BOOST_TEST(refused.code == "not_found");
    BOOST_TEST(refused.context.find("/no/such/directory") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cancelled_one_is_killed_with_its_group) {
    run_home at;
    agent_process agent(at.cache);
    const auto id = agent.send(shell(at, "sleep 600 & echo $! $$; trap '' TERM; wait"));
    const auto text = agent.receive(id, 4).data;
    const pid_t child = std::stoi(text);
    const pid_t leader = std::stoi(text.substr(text.find(' ')));
    BOOST_TEST(lives(child));
    agent.cancel(id);
    const auto answer = agent.finish(id);
    BOOST_REQUIRE(answer.failure.has_value());
    BOOST_TEST(answer.failure->code == "cancelled");
    BOOST_TEST(!lives(leader));
    eventually("the child is gone", [&] { return !lives(child); });
}

BOOST_AUTO_TEST_CASE(the_end_of_the_client_ends_it_too) {
    run_home at;
    pid_t leader = 0;
    {
        agent_process agent(at.cache);
        const auto id = agent.send(shell(at, "echo $$; sleep 600"));
        leader = std::stoi(agent.receive(id, 2).data);
    }
    BOOST_TEST(!lives(leader));
}

BOOST_AUTO_TEST_CASE(a_child_that_holds_the_pipe_does_not_hold_the_answer) {
    run_home at;
    agent_process agent(at.cache);
    const auto answer = agent.finish(agent.send(shell(at, "sleep 600 & echo done")));
    BOOST_TEST(answer.data == "done\n");
    BOOST_TEST(exit_status(answer) == 0);
}

BOOST_AUTO_TEST_CASE(much_output_is_whole_and_costs_no_memory) {
    run_home at;
    agent_process agent(at.cache);
    const auto id = agent.send(shell(at, "head -c 50000000 /dev/zero"));
    // The client does not read for a while: the program has to wait, not the memory to grow.
    agent_process other(at.cache); // time for the pipe and the agent to fill up
    BOOST_TEST(memory_of(agent.pid) < std::size_t{12} << 20);
    const auto answer = agent.finish(id);
    BOOST_TEST(answer.data.size() == 50'000'000U);
    BOOST_TEST(exit_status(answer) == 0);
}

BOOST_AUTO_TEST_CASE(other_requests_are_answered_meanwhile) {
    run_home at;
    agent_process agent(at.cache);
    const auto id = agent.send(shell(at, "read_forever() { sleep 600; }; read_forever"));
    agent.call(protocol::ping{});
    BOOST_TEST(!agent.receive(id, 0).ended());
    agent.cancel(id);
    BOOST_TEST(agent.finish(id).failure->code == "cancelled");
}

BOOST_AUTO_TEST_SUITE_END()
