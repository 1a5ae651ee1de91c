// Runs whose work is other runs: batches, as the agent on their machine runs them.
#include "tests/support/children_scene.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>
#include <sys/stat.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t out = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) {
        ++out;
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_children)

BOOST_FIXTURE_TEST_CASE(trials_run_one_after_the_other_and_show_their_output, children_scene) {
    child("echo one");
    child("echo two; exit 3");
    child("printf three");
    BOOST_TEST(perform() ==
               "INFO: [guild] Running trial c0: op (n=0)\n"
               "one\n"
               "INFO: [guild] Running trial c1: op (n=1)\n"
               "two\n"
               "ERROR: [guild] Trial c1 exited with an error (3) - see log for details\n"
               "INFO: [guild] Running trial c2: op (n=2)\n"
               "three\n");
    BOOST_TEST(states() == "cec");
    BOOST_TEST((status("p").state == run_state::completed));
    for (const auto& each : children) {
        BOOST_TEST(fs::read_symlink(at.run("p").directory / each.id) == "../" + each.id);
    }
}

BOOST_FIXTURE_TEST_CASE(all_trials_are_pending_before_the_first_runs, children_scene) {
    child("mkfifo gate; echo > gate");
    child("true");
    child("true");
    pack();
    agent.call(parent());
    eventually("the first runs", [&] { return fs::exists(at.run("c0").directory / "gate"); });
    BOOST_TEST(states() == "rpp");
    BOOST_TEST(!content(at.run("c2").attribute("started")).empty());
    BOOST_TEST(content(at.run("c0").directory / "gate") == "\n");
    std::ignore = follow("p");
    BOOST_TEST(states() == "ccc");
}

BOOST_FIXTURE_TEST_CASE(a_trial_has_what_the_proto_has_and_its_own, children_scene) {
    write(at.cache / "outrider/packages/source/files/sub/a.py", "a = 1\n");
    head.common.package = "source";
    head.common.manifest = "s sub/a.py 123 sub/a.py\n";
    head.common.attributes["sourcecode_digest"] = "abc\n";
    head.common.environment = {{"COMMON", "1"}, {"OWN", "common"}};
    child("echo $COMMON $OWN $RUN_ID; cat sub/a.py");
    children[0].environment["OWN"] = "c0";
    children[0].attributes["label"] = "first\n";
    const auto output = perform();
    BOOST_TEST(output.find("\n1 c0 c0\na = 1\n") != output.npos);
    const auto run = at.run("c0");
    BOOST_TEST(content(run.attribute("label")) == "first\n");
    BOOST_TEST(content(run.attribute("sourcecode_digest")) == "abc\n");
    BOOST_TEST(content(run.manifest()) == "s sub/a.py 123 sub/a.py\n");
    const run_paths proto{at.run("p").proto()};
    BOOST_TEST(content(proto.directory / "sub/a.py") == "a = 1\n");
    BOOST_TEST(content(proto.opref()) == head.common.opref);
    BOOST_TEST(fs::exists(proto.pending()));
    BOOST_TEST(content(proto.attribute("sourcecode_digest")) == "abc\n");
    BOOST_TEST(!fs::exists(at.run("p").directory / "sub"));
}

BOOST_FIXTURE_TEST_CASE(the_first_failure_can_be_the_end, children_scene) {
    head.stop_on_failure = true;
    child("true");
    child("exit 77");
    child("true");
    const auto output = perform();
    BOOST_TEST(output.ends_with(
        "ERROR: [guild] Trial c1 exited with an error (77) - see log for details\n"
        "ERROR: [guild] Stopping batch because a trial failed (pending trials can be started as "
        "needed)\n"));
    BOOST_TEST(states() == "cep");
    BOOST_TEST(status("p").exit_status.value() == 77);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_executed_is_a_failed_trial, children_scene) {
    child("true");
    child("true");
    children[0].command = {"/no/such/program"};
    const auto output = perform();
    BOOST_TEST(
        output.find("ERROR: [guild] Trial c0 exited with an error: (1) cannot execute /no/such") !=
        output.npos);
    BOOST_TEST(states() == "ec");
    BOOST_TEST((status("p").state == run_state::completed));
}

BOOST_FIXTURE_TEST_CASE(a_dependency_that_is_not_met_is_a_failed_trial, children_scene) {
    child("true");
    child("true");
    children[0].dependencies = {{.resource = "model",
                                 .source = "operation:train",
                                 .uri = "operation:train",
                                 .kind = protocol::dependency_kind::operation,
                                 .what = "train"}};
    const auto output = perform();
    BOOST_TEST(output.find("INFO: [guild] Resolving model\n"
                           "ERROR: [guild] Trial c0 exited with an error: (1) run failed because a "
                           "dependency was not met: ") != output.npos);
    BOOST_TEST(states() == "ec");
}

BOOST_FIXTURE_TEST_CASE(staged_trials_wait_for_somebody_else, children_scene) {
    head.stage = true;
    child("true");
    child("true");
    BOOST_TEST(perform() == "INFO: [guild] Staging trial c0: op (n=0)\n"
                            "INFO: [guild] Staging trial c1: op (n=1)\n");
    BOOST_TEST(states() == "ss");
}

BOOST_FIXTURE_TEST_CASE(some_can_run_at_the_same_time, children_scene) {
    head.parallel = 2;
    // Each waits for the other: alone, neither would end.
    child("mkfifo gate; echo part; cat gate; echo > ../c1/gate2");
    child("mkfifo gate2; while ! [ -p ../c0/gate ]; do :; done; echo ab > ../c0/gate; cat gate2");
    const auto output = perform();
    BOOST_TEST(states() == "cc");
    BOOST_TEST(output.find("ab\n") != output.npos);
}

BOOST_FIXTURE_TEST_CASE(one_that_went_through_can_go_to_the_trash, children_scene) {
    child("echo one");
    pack();
    auto request = parent();
    request.trash_on_success = true;
    agent.call(request);
    // Also for whoever asks only after it has gone there.
    eventually("it is in the trash", [&] { return !fs::exists(at.run("p").opref()); });
    BOOST_TEST(fs::exists(at.home / "trash/runs/p/.guild/opref"));
    BOOST_TEST(follow("p") == "INFO: [guild] Running trial c0: op (n=0)\none\n");
    BOOST_TEST(states() == "c");
}

BOOST_FIXTURE_TEST_CASE(a_stop_ends_what_runs_and_leaves_the_rest_pending, children_scene) {
    child("mkfifo gate; exec sleep 60");
    child("true");
    pack();
    agent.call(parent());
    eventually("the first runs", [&] { return fs::exists(at.run("c0").directory / "gate"); });
    const auto stopped = stop("p");
    BOOST_TEST(stopped.survivors.empty());
    BOOST_TEST(states() == "tp");
    BOOST_TEST((status("p").state == run_state::terminated));
    const auto output = follow("p");
    BOOST_TEST(output.find("INFO: [guild] Stopping trial (proc ") != output.npos);
    BOOST_TEST(output.ends_with(
        "INFO: [guild] Stopping batch (pending trials can be started as needed)\n"));
}

BOOST_FIXTURE_TEST_CASE(a_trial_that_is_stopped_alone_does_not_stop_the_others, children_scene) {
    child("mkfifo gate; exec sleep 60");
    child("true");
    pack();
    agent.call(parent());
    eventually("the first runs", [&] { return fs::exists(at.run("c0").directory / "gate"); });
    std::ignore = stop("c0");
    const auto output = follow("p");
    BOOST_TEST(output.find("INFO: [guild] Trial c0 was terminated\n") != output.npos);
    BOOST_TEST(states() == "tc");
    BOOST_TEST((status("p").state == run_state::completed));
}

BOOST_FIXTURE_TEST_CASE(a_pending_trial_can_be_started_alone, children_scene) {
    head.stop_on_failure = true;
    child("exit 1");
    child("echo alone");
    std::ignore = perform();
    auto request = again("t");
    request.run_id = "c1";
    agent.call(request);
    BOOST_TEST(follow("c1") == "alone\n");
    BOOST_TEST(states() == "ec");
}

BOOST_FIXTURE_TEST_CASE(one_that_is_done_again_does_only_what_is_left, children_scene) {
    child("mkfifo gate; echo x >> ../count0; exec sleep 60");
    child("echo x >> ../count1");
    pack();
    agent.call(parent());
    eventually("the first runs", [&] { return fs::exists(at.run("c0").directory / "gate"); });
    std::ignore = stop("p");
    agent.call(again("again"));
    const auto output = follow("p");
    BOOST_TEST(output ==
               "INFO: [guild] Skipping c0 because its status is 'terminated' (expected 'pending')\n"
               "INFO: [guild] Running trial c1: op (n=1)\n");
    BOOST_TEST(states() == "tc");
    auto failed = again("failed");
    failed.chosen = protocol::children_choice{.failed = true, .lost = false, .pending = false};
    write(at.run("c0").directory / "../open", "");
    agent.call(failed);
    eventually("the first runs again",
               [&] { return content(at.home / "runs/count0") == "x\nx\n"; });
    std::ignore = stop("p");
    BOOST_TEST(content(at.home / "runs/count1") == "x\n");
}

BOOST_FIXTURE_TEST_CASE(what_was_chosen_once_is_not_chosen_the_next_time, children_scene) {
    head.stop_on_failure = true;
    child("echo x >> ../count0; [ -e ../mended ]");
    child("echo x >> ../count1");
    std::ignore = perform();
    BOOST_TEST(states() == "ep");
    write(at.home / "runs/mended", "");
    auto failed = again("failed");
    failed.chosen = protocol::children_choice{.failed = true, .lost = false, .pending = false};
    agent.call(failed);
    BOOST_TEST(follow("p") == "INFO: [guild] Running trial c0: op (n=0)\n");
    BOOST_TEST(states() == "cp");
    agent.call(again("rest"));
    BOOST_TEST(follow("p") ==
               "INFO: [guild] Skipping c0 because its status is 'completed' (expected 'pending')\n"
               "INFO: [guild] Running trial c1: op (n=1)\n");
    BOOST_TEST(content(at.home / "runs/count0") == "x\nx\n");
    BOOST_TEST(content(at.home / "runs/count1") == "x\n");
}

BOOST_FIXTURE_TEST_CASE(what_a_batch_is_told_when_it_goes_on_counts_once, children_scene) {
    for (int i = 0; i < 12; ++i) {
        child("exit 3");
    }
    std::ignore = perform();
    BOOST_TEST(states() == "eeeeeppppppp");
    auto all_the_same = again("all the same");
    all_the_same.chosen = protocol::children_choice{
        .failed = true, .lost = false, .pending = false, .keep_going = true, .parallel = 2};
    agent.call(all_the_same);
    std::ignore = follow("p");
    BOOST_TEST(states() == "eeeeeppppppp");
    agent.call(again("rest"));
    std::ignore = follow("p");
    BOOST_TEST(states() == "eeeeeeeeeepp");
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_read_of_a_choice_is_no_choice, children_scene) {
    child("mkfifo gate; cat gate; exit 3");
    child("true");
    pack();
    const auto started = agent.call(parent());
    eventually("the first runs", [&] { return fs::exists(at.run("c0").directory / "gate"); });
    // Left by another build: the next start, which chooses nothing, takes it away.
    write(at.run("p").chosen_children(), "failed,keep-going\n");
    ::kill(static_cast<pid_t>(started.run.operation_pid), SIGKILL);
    std::ignore = follow("p");
    write(at.run("c0").directory / "gate", "\n");
    std::ignore = follow("c0");
    agent.call(again("again"));
    std::ignore = follow("p");
    BOOST_TEST(states() == "ec");
    BOOST_TEST(!fs::exists(at.run("p").chosen_children()));
}

BOOST_FIXTURE_TEST_CASE(the_first_failure_can_be_the_last_from_then_on, children_scene) {
    head.stop_on_failure = true;
    child("exit 1");
    child("exit 2");
    child("true");
    std::ignore = perform();
    BOOST_TEST(states() == "epp");
    auto rest = again("rest");
    rest.chosen = protocol::children_choice{.stop_on_failure = true};
    agent.call(rest);
    std::ignore = follow("p");
    BOOST_TEST(states() == "eep");
    BOOST_TEST(status("p").exit_status.value() == 2);
}

BOOST_FIXTURE_TEST_CASE(a_new_plan_takes_the_place_of_the_old_one, children_scene) {
    child("true");
    std::ignore = perform();
    children[0].id = "d0";
    pack("other");
    auto request = again("again");
    request.children = "other";
    agent.call(request);
    BOOST_TEST(follow("p") == "INFO: [guild] Running trial d0: op (n=0)\n");
    BOOST_TEST(fs::is_symlink(at.run("p").directory / "c0"));
    BOOST_TEST(fs::is_symlink(at.run("p").directory / "d0"));
}

// The operation of the parent is killed while a child runs, which is none of its business.
BOOST_FIXTURE_TEST_CASE(one_that_was_killed_goes_on_with_the_child_that_runs, children_scene) {
    child("mkfifo gate; echo x >> ../count; cat gate");
    child("echo last");
    pack();
    const auto started = agent.call(parent());
    eventually("the first runs", [&] { return fs::exists(at.run("c0").directory / "gate"); });
    ::kill(static_cast<pid_t>(started.run.operation_pid), SIGKILL);
    std::ignore = follow("p");
    BOOST_TEST((status("p").state == run_state::terminated));
    BOOST_TEST(states() == "rp");
    agent.call(again("again"));
    eventually("it waits for the child",
               [&] { return count(content(at.run("p").output()), "Running trial c0") == 1; });
    write(at.run("c0").directory / "gate", "ends\n");
    const auto output = follow("p");
    BOOST_TEST(output.find("ends\n") != output.npos);
    BOOST_TEST(output.ends_with("INFO: [guild] Running trial c1: op (n=1)\nlast\n"));
    BOOST_TEST(content(at.home / "runs/count") == "x\n");
    BOOST_TEST(states() == "cc");
}

BOOST_AUTO_TEST_SUITE_END()
