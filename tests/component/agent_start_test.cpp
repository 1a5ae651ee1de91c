#include "engine/runs/run_identity.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace outrider;
using namespace outrider::testing;
using protocol::process_state;

namespace {

protocol::follow_output follow(const run_home& at, const std::string& id) {
    return {.home = at.home.native(), .run_id = id};
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_start)

BOOST_AUTO_TEST_CASE(a_started_run_is_alive_and_its_records_are_on_disk) {
    run_home at;
    agent_process agent(at.cache);
    const auto reply = agent.call(at.start("r1", "cat; pwd; exec sleep 60"));
    BOOST_TEST(!reply.existed);
    BOOST_TEST((reply.run.operation == process_state::alive));
    BOOST_TEST((reply.run.supervisor == process_state::alive));
    BOOST_TEST(!reply.run.pending);
    const auto run = at.run("r1");
    const auto identity = read_identity(run.identity());
    BOOST_REQUIRE(identity.has_value());
    BOOST_TEST(content(run.lock()) == std::to_string(identity->operation.pid));
    BOOST_TEST(read_process(identity->operation.pid)->parent == identity->supervisor.pid);
    BOOST_TEST(read_process(identity->operation.pid)->session == identity->operation.pid);
    for (const char* name : {"id", "initialized", "started", "env", "cmd", "host", "user"}) {
        BOOST_TEST(fs::exists(run.attribute(name)), name);
    }
    BOOST_TEST(fs::exists(run.output()));
    BOOST_TEST(fs::exists(run.output_index()));
}

BOOST_AUTO_TEST_CASE(the_supervisor_shows_as_guild_run_with_its_operation_and_flags) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "sleep 60"));
    const auto identity = read_identity(at.run("r1").identity());
    auto line = content("/proc/" + std::to_string(identity->supervisor.pid) + "/cmdline");
    std::ranges::replace(line, '\0', ' ');
    BOOST_TEST(line == "outrider-agent guild run --run-dir " + at.run("r1").directory.native() +
                           " op a=1 ");
}

BOOST_AUTO_TEST_CASE(the_end_leaves_exit_status_and_stopped_but_no_lock) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "exit 3"));
    const auto answer = agent.finish(agent.send(follow(at, "r1")));
    BOOST_REQUIRE(answer.reply.has_value());
    const auto run = at.run("r1");
    BOOST_TEST(content(run.attribute("exit_status")) == "3\n");
    BOOST_TEST(std::stoll(content(run.attribute("stopped"))) >
               std::stoll(content(run.attribute("started"))));
    BOOST_TEST(!fs::exists(run.lock()));
    const auto end = agent_process::reply_of<protocol::follow_output>(answer);
    BOOST_REQUIRE(end.run.reason.has_value());
    BOOST_TEST(end.run.reason->kind == "exited");
}

BOOST_AUTO_TEST_CASE(a_repeated_start_finds_the_run_that_it_made) {
    run_home at;
    agent_process agent(at.cache);
    const auto first = agent.call(at.start("r1", "sleep 60"));
    const auto second = agent.call(at.start("r1", "sleep 60"));
    BOOST_TEST(second.existed);
    BOOST_TEST(second.run.operation_pid == first.run.operation_pid);
}

BOOST_AUTO_TEST_CASE(clients_that_start_the_same_run_at_once_make_one) {
    run_home at;
    agent_process one(at.cache);
    agent_process two(at.cache);
    for (int round = 0; round < 10; ++round) {
        const std::string id = "r" + std::to_string(round);
        const auto request = at.start(id, "echo x >> starts");
        const auto first = one.send(request);
        const auto second = two.send(request);
        const auto a = agent_process::reply_of<protocol::start_run>(one.finish(first));
        const auto b = agent_process::reply_of<protocol::start_run>(two.finish(second));
        BOOST_TEST(a.existed != b.existed);
        one.finish(one.send(follow(at, id)));
        BOOST_TEST(content(at.run(id).directory / "starts") == "x\n");
    }
}

BOOST_AUTO_TEST_CASE(a_command_that_cannot_be_executed_leaves_no_run) {
    run_home at;
    agent_process agent(at.cache);
    auto request = at.start("r1", "");
    request.command = {"/no/such/program"};
    const auto failed = agent.refuse(request);
    BOOST_TEST(failed.code == "start_failed");
    BOOST_TEST(failed.context.find("/no/such/program") != std::string::npos);
    BOOST_TEST(!fs::exists(at.run("r1").directory));
}

BOOST_AUTO_TEST_CASE(a_machine_without_python_leaves_no_run_and_says_what_to_do) {
    run_home at;
    agent_process agent(at.cache);
    auto request = at.start("r1", "");
    request.command = {"${python_exe}", "-c", "pass"};
    request.environment["PATH"] = at.root.native();
    const auto failed = agent.refuse(request);
    BOOST_TEST(failed.code == "start_failed");
    BOOST_TEST(failed.context.find("no python3 on PATH") != std::string::npos);
    BOOST_TEST(!fs::exists(at.run("r1").directory));
}

BOOST_AUTO_TEST_CASE(the_activation_code_decides_about_the_environment) {
    run_home at;
    agent_process agent(at.cache);
    auto request = at.start("r1", "printf '%s|%s' \"$COLOUR\" \"$EXTRA\"");
    request.activation = "COLOUR=$(printf 'a\\nb')\nexport COLOUR EXTRA=old";
    request.environment["EXTRA"] = "${run_dir}";
    agent.call(request);
    const auto answer = agent.finish(agent.send(follow(at, "r1")));
    BOOST_TEST(answer.data == "a\nb|" + at.run("r1").directory.native());
}

BOOST_AUTO_TEST_CASE(a_daemon_of_the_activation_code_does_not_hold_up_the_start) {
    run_home at;
    agent_process agent(at.cache);
    auto request = at.start("r1", "true");
    request.activation = "sleep 3 & export SEEN=1";
    const auto reply = agent.finish(agent.send(request), std::chrono::milliseconds(2500));
    BOOST_TEST(reply.reply.has_value());
    request.run_id = "r2";
    request.activation = "sleep 3 & exit 4";
    const auto failed = agent.finish(agent.send(request), std::chrono::milliseconds(2500));
    BOOST_REQUIRE(failed.failure.has_value());
    BOOST_TEST(failed.failure->code == "start_failed");
}

BOOST_AUTO_TEST_CASE(python_code_finds_the_support_directory) {
    run_home at;
    agent_process agent(at.cache);
    auto request = at.start("r1", "");
    request.command = {"${python_exe}", "-c", "import os; print(os.environ['PYTHONPATH'])"};
    request.environment["PYTHONPATH"] = ".:${support_dir}";
    agent.call(request);
    const auto answer = agent.finish(agent.send(follow(at, "r1")));
    BOOST_TEST(answer.data.starts_with(".:" + (at.cache / "outrider" / "python-").native()));
    // The interpreter's version is asked in the background and is there when the run has ended.
    BOOST_TEST(content(at.run("r1").attribute("platform")).find("python_version: ") !=
               std::string::npos);
    BOOST_TEST(content(at.run("r1").attribute("cmd")).find("${python_exe}") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(activation_that_fails_tells_which_command_failed_and_how) {
    run_home at;
    agent_process agent(at.cache);
    const struct {
        const char* code;
        const char* how;
        const char* said;
    } rows[] = {
        {"source /no/such/venv/bin/activate",
         "'source /no/such/venv/bin/activate' ended with "
         "exit code 1",
         "line 1: /no/such/venv/bin/activate: No such file"},
        {"module() { echo no module $2 >&2; return 7; }\nexport A=1\nmodule load cuda\necho after",
         "'module load cuda' ended with exit code 7", "no module cuda"},
        {"echo a\nexit 3", "'exit 3' ended with exit code 3", "a"},
        {"for n in 1 2 3 4 5 6 7; do echo line $n; done; false",
         "'false' ended with exit code 1: line 3\nline 4\nline 5\nline 6\nline 7;", "line 7"},
        {"true\nif syntax ( error", "the shell ended with exit code ", "syntax error"},
        {"if syntax ( error", "the shell ended with exit code ", "syntax error"},
        {"exit 0", "'exit 0' ended with exit code 0", ""},
        {"kill -9 $$", "'kill -9 $$' was ended by signal 9", ""},
    };
    for (const auto& row : rows) {
        auto request = at.start("r1", "true");
        request.activation = row.code;
        const auto failed = agent.refuse(request);
        BOOST_TEST_CONTEXT(row.code << ": " << failed.context) {
            BOOST_TEST(failed.code == "start_failed");
            BOOST_TEST(failed.context.find("the activation of the environment failed: " +
                                           std::string(row.how)) != std::string::npos);
            BOOST_TEST(failed.context.find(row.said) != std::string::npos);
            BOOST_TEST(failed.context.find("BASH") == std::string::npos);
        }
        BOOST_TEST(!fs::exists(at.run("r1").directory));
    }
    // What code sets up for its own end, and what it is strict about, are its own affair.
    auto request = at.start("r1", "test \"$A\" = 1");
    request.activation = "set -au\nA=1";
    BOOST_TEST(agent.finish(agent.send(request)).reply.has_value());
    BOOST_TEST(agent.finish(agent.send(follow(at, "r1"))).reply.has_value());
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "0\n");
}

BOOST_AUTO_TEST_CASE(requests_are_answered_while_activation_code_runs) {
    run_home at;
    agent_process agent(at.cache);
    auto request = at.start("r1", "true");
    request.activation = "sleep 60";
    const auto start = agent.send(request);
    agent.call(protocol::ping{});
    agent.cancel(start);
    const auto answer = agent.finish(start);
    BOOST_REQUIRE(answer.failure.has_value());
    BOOST_TEST(answer.failure->code == "cancelled");
    BOOST_TEST(!fs::exists(at.run("r1").directory));
}

BOOST_AUTO_TEST_CASE(secrets_reach_the_operation_but_no_file) {
    run_home at;
    agent_process agent(at.cache, {{"MY_PASSWORD", "inherited-secret"}});
    auto request = at.start("r1", "printf '%s' \"$MY_PASSWORD $Hub_Token $AWS_SECRET_ACCESS_KEY\"");
    request.environment = {
        {"Hub_Token", "given-secret"}, {"AWS_SECRET_ACCESS_KEY", "aws-secret"}, {"PLAIN", "shown"}};
    agent.call(request);
    const auto answer = agent.finish(agent.send(follow(at, "r1")));
    BOOST_TEST(answer.data == "inherited-secret given-secret aws-secret");
    const auto run = at.run("r1");
    const std::string env = content(run.attribute("env"));
    BOOST_TEST(env.find("PLAIN: shown") != std::string::npos);
    for (const auto& entry : fs::recursive_directory_iterator(run.guild())) {
        if (entry.is_regular_file() && entry.path() != run.output()) {
            BOOST_TEST(content(entry.path()).find("-secret") == std::string::npos, entry.path());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_files_of_the_package_are_in_the_run_with_their_modes) {
    run_home at;
    agent_process agent(at.cache);
    const fs::path files = at.cache / "outrider" / "packages" / "abc" / "files";
    write(files / "tool.sh", "#!/bin/sh\necho from package\n");
    write(files / "sub" / "data.txt", "data");
    ::chmod((files / "tool.sh").c_str(), 0755);
    auto request = at.start("r1", "./tool.sh; cat sub/data.txt");
    request.package = "abc";
    request.manifest = "s tool.sh x tool.sh\n";
    agent.call(request);
    const auto answer = agent.finish(agent.send(follow(at, "r1")));
    BOOST_TEST(answer.data == "from package\ndata");
    BOOST_TEST(content(at.run("r1").manifest()) == request.manifest);
}

BOOST_AUTO_TEST_CASE(a_package_that_is_not_there_leaves_no_run) {
    run_home at;
    agent_process agent(at.cache);
    auto request = at.start("r1", "true");
    request.package = "missing";
    BOOST_TEST(agent.refuse(request).code == "not_found");
    BOOST_TEST(!fs::exists(at.run("r1").directory));
}

BOOST_AUTO_TEST_CASE(a_start_that_was_cut_off_is_made_anew) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("r1", {});
    write(run.pending(), "");
    write(run.directory / "half", "");
    // Prepared by a process of this boot that is gone.
    auto machine = agent.hello.machine;
    BOOST_REQUIRE(!!write_identity(run, (fs::create_directories(run.ours()), run.starting()),
                                   identity_here(machine, {1, 999999}, {})));
    const auto reply = agent.call(at.start("r1", "sleep 60"));
    BOOST_TEST(!reply.existed);
    BOOST_TEST((reply.run.operation == process_state::alive));
    BOOST_TEST(!fs::exists(run.directory / "half"));
}

BOOST_AUTO_TEST_CASE(names_that_lead_out_of_the_home_are_refused) {
    run_home at;
    agent_process agent(at.cache);
    for (const std::string id : {"", ".", "..", "../x", "a/b"}) {
        auto request = at.start("r1", "true");
        request.run_id = id;
        BOOST_TEST(agent.refuse(request).code == "bad_input");
    }
    auto request = at.start("r1", "true");
    request.attributes["../../x"] = "1";
    BOOST_TEST(agent.refuse(request).code == "bad_input");
    request = at.start("r1", "true");
    request.package = "../x";
    BOOST_TEST(agent.refuse(request).code == "bad_input");
    BOOST_TEST(!fs::exists(at.run("r1").directory));
}

BOOST_AUTO_TEST_CASE(the_operation_has_no_input_and_default_signals) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "cat; grep -E 'SigBlk|SigIgn' /proc/self/status; ls /proc/self/fd"));
    const auto answer = agent.finish(agent.send(follow(at, "r1")));
    BOOST_TEST(answer.data.find("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000") == 0U);
    BOOST_TEST(answer.data.substr(answer.data.rfind('\t') + 18) == "0\n1\n2\n3\n");
}

BOOST_AUTO_TEST_SUITE_END()
