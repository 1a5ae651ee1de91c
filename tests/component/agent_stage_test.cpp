// Runs that are staged, started later, started again in place, and queued.
#include "engine/runs/run_identity.hpp"
#include "engine/runs/run_status.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>
#include <sys/stat.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

struct stage_scene {
    run_home at;
    agent_process agent{at.cache};

    protocol::start_run staged(const std::string& id, const std::string& script) {
        auto request = at.start(id, script);
        request.stage = true;
        return request;
    }
    protocol::start_staged go(const std::string& id, const std::string& token = "t") {
        protocol::start_staged request;
        request.home = at.home.native();
        request.run_id = id;
        request.token = token;
        return request;
    }
    agent_answer follow(const std::string& id) {
        protocol::follow_output request;
        request.home = at.home.native();
        request.run_id = id;
        return agent.finish(agent.send(request));
    }
    run_state state(const std::string& id) {
        return status_of(facts_of(at.run(id), agent.hello.machine)).state;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_stage)

BOOST_FIXTURE_TEST_CASE(a_staged_run_waits_with_all_that_its_start_needs, stage_scene) {
    auto request = staged("r1", "echo never");
    request.environment = {{"COLOUR", "light blue"}, {"HUB_TOKEN", "secret"}};
    const auto reply = agent.call(request);
    BOOST_TEST(reply.run.staged);
    BOOST_TEST(!reply.run.pending);
    const auto run = at.run("r1");
    BOOST_TEST((state("r1") == run_state::staged));
    const auto secrets = run.ours() / "secrets.json";
    for (const auto& path : {run.exports(), run.start_record(), secrets}) {
        struct stat facts{};
        BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &facts), 0);
        BOOST_TEST((facts.st_mode & 0777) == 0600U, path);
    }
    const auto exports = content(run.exports());
    BOOST_TEST(exports.find("export COLOUR='light blue'\n") != std::string::npos);
    BOOST_TEST(exports.find("export PWD=") == std::string::npos);
    // In the one file that stays in this home alone.
    BOOST_TEST(content(secrets).find("HUB_TOKEN") != std::string::npos);
    BOOST_TEST(exports.find("HUB_TOKEN") == std::string::npos);
    BOOST_TEST(content(run.start_record()).find("HUB_TOKEN") == std::string::npos);
    BOOST_TEST(fs::exists(run.attribute("started")));
    BOOST_TEST(!fs::exists(run.output()));
    BOOST_TEST(!fs::exists(run.attribute("env")));
    BOOST_TEST(agent.call(request).existed); // asked for again: the same run
}

BOOST_FIXTURE_TEST_CASE(another_agent_starts_it_with_the_recorded_environment, stage_scene) {
    auto request = staged("r1", "printf '%s' \"$COLOUR $HUB_TOKEN $EXTRA\"");
    request.environment = {{"COLOUR", "blue"}, {"HUB_TOKEN", "secret"}};
    agent.call(request);
    agent_process other(at.cache, {{"EXTRA", "inherited"}});
    auto start = go("r1");
    start.environment["COLOUR"] = "red";
    const auto reply = other.call(start);
    BOOST_TEST(!reply.existed);
    BOOST_TEST(follow("r1").data == "red secret inherited");
    BOOST_TEST((state("r1") == run_state::completed));
    BOOST_TEST(!fs::exists(at.run("r1").staged()));
}

BOOST_FIXTURE_TEST_CASE(a_repeated_start_finds_what_it_started, stage_scene) {
    agent.call(staged("r1", "echo x >> starts; exec sleep 60"));
    const auto first = agent.call(go("r1", "one"));
    const auto again = agent.call(go("r1", "one"));
    BOOST_TEST(again.existed);
    BOOST_TEST(again.run.operation_pid == first.run.operation_pid);
    const auto refused = agent.refuse(go("r1", "two"));
    BOOST_TEST(refused.code == "conflict");
    BOOST_TEST(refused.context.find("r1 is still running\nWait for it to stop") !=
               std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(two_clients_that_start_it_at_once_start_it_once, stage_scene) {
    agent_process other(at.cache);
    for (int round = 0; round < 5; ++round) {
        const std::string id = "r" + std::to_string(round);
        agent.call(staged(id, "echo x >> starts; exec sleep 60"));
        auto mine = go(id, "mine");
        auto theirs = go(id, "theirs");
        const auto first = agent.send(mine);
        const auto second = other.send(theirs);
        const auto a = agent.finish(first);
        const auto b = other.finish(second);
        BOOST_TEST(a.reply.has_value() != b.reply.has_value());
        eventually("it has started",
                   [&] { return !content(at.run(id).directory / "starts").empty(); });
        BOOST_TEST(content(at.run(id).directory / "starts") == "x\n");
    }
}

BOOST_FIXTURE_TEST_CASE(an_ended_run_starts_again_in_place, stage_scene) {
    agent.call(at.start("r1", "echo first; echo x >> times; exit $(($(wc -l < times) - 1))"));
    BOOST_TEST(follow("r1").data == "first\n");
    BOOST_TEST((state("r1") == run_state::completed));
    auto again = go("r1");
    again.attributes["label"] = "second\n";
    agent.call(again);
    BOOST_TEST(follow("r1").data == "first\n");
    BOOST_TEST((state("r1") == run_state::error));
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "1\n");
    BOOST_TEST(content(at.run("r1").attribute("label")) == "second\n");
    BOOST_TEST(content(at.run("r1").output()) == "first\n");
}

BOOST_FIXTURE_TEST_CASE(a_start_with_another_command_replaces_the_recorded_one, stage_scene) {
    agent.call(staged("r1", "echo old"));
    auto start = go("r1");
    start.command = {"sh", "-c", "echo $WHAT"};
    start.environment = {{"WHAT", "new"}};
    agent.call(start);
    BOOST_TEST(follow("r1").data == "new\n");
    BOOST_TEST(content(at.run("r1").attribute("cmd")).find("echo $WHAT") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_start_that_fails_leaves_the_run_staged, stage_scene) {
    auto request = staged("r1", "");
    request.command = {"/no/such/program"};
    agent.call(request);
    BOOST_TEST(agent.refuse(go("r1")).code == "start_failed");
    BOOST_TEST((state("r1") == run_state::staged));
    BOOST_TEST(!fs::exists(at.run("r1").lock()));
    request = staged("r2", "true");
    request.activation = "exit 3";
    BOOST_TEST(agent.refuse(request).code == "start_failed");
    BOOST_TEST(!fs::exists(at.run("r2").directory));
}

BOOST_FIXTURE_TEST_CASE(an_agent_killed_while_it_starts_leaves_the_run_staged, stage_scene) {
    auto request = staged("r1", "echo ran");
    const fs::path gate = at.root / "gate";
    agent.call(request);
    {
        agent_process doomed(at.cache);
        auto start = go("r1");
        start.command = {"sh", "-c", "echo ran"};
        start.activation = "while [ ! -e " + gate.native() + " ]; do sleep 0.05; done";
        doomed.send(start);
        eventually("the start is under way", [&] { return fs::exists(at.run("r1").starting()); });
        doomed.kill_now();
    }
    BOOST_TEST((state("r1") == run_state::staged));
    write(gate, "");
    agent.call(go("r1"));
    BOOST_TEST(follow("r1").data == "ran\n");
}

BOOST_FIXTURE_TEST_CASE(a_run_without_a_record_is_not_started_by_guesses, stage_scene) {
    const auto run = at.make_run("r1", {});
    write(run.staged(), "");
    BOOST_TEST(agent.refuse(go("r1")).code == "unsupported");
    BOOST_TEST(agent.refuse(go("missing")).code == "not_found");
    auto start = go("r1");
    start.command = {"echo", "given"};
    agent.call(start);
    BOOST_TEST(follow("r1").data == "given\n");
}

BOOST_FIXTURE_TEST_CASE(the_time_is_up_without_any_client, stage_scene) {
    auto request = at.start("r1", "exec sleep 600");
    request.stop_after_ms = 200;
    {
        agent_process gone(at.cache);
        gone.call(request);
    }
    const auto answer = follow("r1");
    const auto end = agent_process::reply_of<protocol::follow_output>(answer);
    BOOST_TEST((status_of(end.run).state == run_state::terminated));
    BOOST_REQUIRE(end.run.reason.has_value());
    BOOST_TEST(end.run.reason->detail == "stopped by stop-after");
    BOOST_TEST(content(at.run("r1").attribute("exit_status")) == "-15\n");
}

BOOST_FIXTURE_TEST_CASE(a_directory_outside_of_the_home_holds_the_run, stage_scene) {
    auto request = at.start("elsewhere", "echo here; echo $RUN_DIR > where");
    request.run_dir = (at.root / "elsewhere").native();
    agent.call(request);
    protocol::follow_output follow;
    follow.home = at.home.native();
    follow.run_id = "elsewhere";
    follow.run_dir = request.run_dir;
    BOOST_TEST(agent.finish(agent.send(follow)).data == "here\n");
    BOOST_TEST(content(at.root / "elsewhere" / "where") == request.run_dir + "\n");
    BOOST_TEST(!fs::exists(at.run("elsewhere").directory));
    // What somebody keeps in a directory is never taken for a failed start.
    request.run_dir = (at.root / "full").native();
    request.run_id = "full";
    write(at.root / "full" / "thesis.txt", "years of work");
    BOOST_TEST(agent.refuse(request).code == "conflict");
    BOOST_TEST(content(at.root / "full" / "thesis.txt") == "years of work");
}

BOOST_FIXTURE_TEST_CASE(the_source_code_of_another_run_is_copied, stage_scene) {
    const auto proto = at.make_run("proto", {});
    write(proto.directory / "train.py", "print(1)\n");
    write(proto.directory / "pkg" / "more.py", "x = 1\n");
    write(proto.directory / "model.bin", "made by it");
    write(proto.manifest(),
          "s train.py a train.py\ns pkg/more.py b pkg/more.py\nd data c file:x\n");
    auto request = at.start("r1", "ls -R");
    request.source_run = "proto";
    agent.call(request);
    follow("r1");
    BOOST_TEST(content(at.run("r1").directory / "pkg" / "more.py") == "x = 1\n");
    BOOST_TEST(!fs::exists(at.run("r1").directory / "model.bin"));
    BOOST_TEST(content(at.run("r1").manifest()) ==
               "s train.py a train.py\ns pkg/more.py b pkg/more.py\n");
    write(proto.manifest(), "s ../../../../x a x\n");
    request = at.start("r2", "true");
    request.source_run = "proto";
    agent.refuse(request);
    BOOST_TEST(!fs::exists(at.run("r2").directory));
}

BOOST_FIXTURE_TEST_CASE(a_run_that_is_deleted_on_success_is_gone, stage_scene) {
    auto request = at.start("r1", "true");
    request.delete_on_success = true;
    agent.call(request);
    eventually("it is removed", [&] { return !fs::exists(at.run("r1").directory); });
    request = at.start("r2", "exit 1");
    request.delete_on_success = true;
    agent.call(request);
    follow("r2");
    BOOST_TEST((state("r2") == run_state::error));
}

BOOST_FIXTURE_TEST_CASE(a_queue_starts_what_is_staged_oldest_first, stage_scene) {
    const std::string order = (at.root / "order").native();
    agent.call(staged("b-first", "echo one >> " + order + "; echo said"));
    agent.call(staged("a-second", "echo two >> " + order + "; echo $CUDA_VISIBLE_DEVICES"));
    auto queue = at.start("queue", "");
    queue.opref = "builtin:guildai 0.9.1 '' queue";
    queue.command = {"${agent}", "queue", "--home", "${home}", "--run-once", "1", "--gpus", "3"};
    agent.call(queue);
    const auto said = follow("queue").data;
    BOOST_TEST(content(order) == "one\ntwo\n");
    BOOST_TEST((state("queue") == run_state::completed));
    BOOST_TEST((state("b-first") == run_state::completed));
    BOOST_TEST((state("a-second") == run_state::completed));
    BOOST_TEST(content(at.run("a-second").output()) == "3\n");
    for (const std::string part :
         {"INFO: [guild] ", "Starting queue", "queue processed 2 run(s) in ",
          "Processing staged runs", "Starting staged run b-first", "said\n",
          "Starting staged run a-second"}) {
        BOOST_TEST(said.find(part) != std::string::npos, part + " is not in:\n" + said);
    }
}

BOOST_FIXTURE_TEST_CASE(a_queue_waits_for_more_and_leaves_its_runs_when_it_is_stopped,
                        stage_scene) {
    auto queue = at.start("queue", "");
    queue.opref = "builtin:guildai 0.9.1 '' queue";
    queue.command = {"${agent}", "queue", "--home", "${home}", "--poll-interval", "60"};
    agent.call(queue);
    eventually("it waits", [&] {
        return content(at.run("queue").output()).find("Waiting for staged runs") !=
               std::string::npos;
    });
    agent.call(staged("r1", "echo up; exec sleep 600"));
    eventually("it is started", [&] { return content(at.run("r1").output()) == "up\n"; });
    protocol::stop_run stop;
    stop.home = at.home.native();
    stop.run_id = "queue";
    const auto stopped = agent.call(stop);
    BOOST_TEST(stopped.survivors.empty());
    BOOST_TEST((state("queue") == run_state::completed)); // it has done its work
    BOOST_TEST((state("r1") == run_state::running));
    BOOST_TEST(content(at.run("queue").output()).find("Stopping queue") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_queue_says_what_it_cannot_start_and_goes_on, stage_scene) {
    const auto guilds = at.make_run("guilds", {});
    write(guilds.staged(), "");
    auto broken = staged("broken", "");
    broken.command = {"/no/such/program"};
    agent.call(broken);
    agent.call(staged("good", "echo fine"));
    auto queue = at.start("queue", "");
    queue.command = {"${agent}", "queue", "--home", "${home}", "--run-once", "1"};
    queue.environment["PATH"] = "/nonexistent:/bin";
    agent.call(queue);
    const auto said = follow("queue").data;
    BOOST_TEST(said.find("was staged by Guild AI, which is not installed here") !=
               std::string::npos);
    BOOST_TEST(said.find("Run broken could not be started and stays staged") != std::string::npos);
    BOOST_TEST((state("guilds") == run_state::staged));
    BOOST_TEST((state("broken") == run_state::staged));
    BOOST_TEST((state("good") == run_state::completed));
}

BOOST_AUTO_TEST_SUITE_END()
