// Pipelines, as the agent on their machine runs them.
#include "tests/support/children_scene.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// The steps of `p`, made one after the other under names of their own.
struct pipeline_run_scene : children_scene {
    pipeline_run_scene() {
        head.kind = protocol::children_kind::steps;
        head.proto = false;
    }
    void step(const std::string& script) {
        child(script);
        auto& last = children.back();
        last.whole = at.start(last.id, script);
        last.whole->flags.clear();
        last.link = "s" + std::to_string(children.size());
        last.title = last.link + ": op";
    }
    /// The plan of a pipeline that starts again: every step has a run, and starts in place.
    void start_again(const std::string& token) {
        for (auto& each : children) {
            each.again = protocol::start_staged{.home = at.home.native(), .run_id = each.id};
            each.again->token = token + each.id;
        }
        pack(token);
        auto request = again(token);
        request.children = token;
        agent.call(request);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_pipeline)

BOOST_FIXTURE_TEST_CASE(the_first_step_that_fails_ends_it, pipeline_run_scene) {
    step("echo one");
    step("exit 7");
    step("echo three");
    BOOST_TEST(perform() == "INFO: [guild] running s1: op\none\nINFO: [guild] running s2: op\n");
    BOOST_TEST(states() == "ce-");
    BOOST_TEST(status("p").exit_status.value() == 7);
}

BOOST_FIXTURE_TEST_CASE(steps_that_are_there_start_again_in_place, pipeline_run_scene) {
    step("echo x >> count; wc -l < count");
    step("test -e ../open");
    step("echo last");
    std::ignore = perform();
    BOOST_TEST(states() == "ce-");
    write(at.home / "runs/open", "");
    children[2].again.reset();
    for (int i = 0; i < 2; ++i) {
        children[static_cast<std::size_t>(i)].title = "s: again";
    }
    start_again("t1");
    BOOST_TEST(follow("p") == "INFO: [guild] restarting s: again\n2\n"
                              "INFO: [guild] restarting s: again\n"
                              "INFO: [guild] restarting s3: op\nlast\n");
    BOOST_TEST(states() == "ccc");
}

BOOST_FIXTURE_TEST_CASE(the_same_plan_runs_no_step_twice, pipeline_run_scene) {
    step("echo x >> ../count1");
    step("echo x >> ../count2; test -e ../open");
    std::ignore = perform();
    write(at.home / "runs/open", "");
    agent.call(again("more"));
    BOOST_TEST(follow("p") ==
               "INFO: [guild] Skipping c0 because its status is 'completed' (expected 'pending')\n"
               "INFO: [guild] running s2: op\n");
    BOOST_TEST(states() == "cc");
    BOOST_TEST(content(at.home / "runs/count1") == "x\n");
    BOOST_TEST(content(at.home / "runs/count2") == "x\nx\n");
}

BOOST_FIXTURE_TEST_CASE(a_step_that_still_runs_is_waited_for, pipeline_run_scene) {
    step("mkfifo gate; echo x >> ../count; cat gate");
    step("echo last");
    pack();
    const auto started = agent.call(parent());
    eventually("the first step runs", [&] { return fs::exists(at.run("c0").directory / "gate"); });
    ::kill(static_cast<pid_t>(started.run.operation_pid), SIGKILL);
    std::ignore = follow("p");
    children[1].again.reset();
    start_again("t1");
    eventually("it waits for the step", [&] {
        return content(at.run("p").output()).find("restarting s1") != std::string::npos;
    });
    write(at.run("c0").directory / "gate", "ends\n");
    BOOST_TEST(follow("p").find("ends\n") != std::string::npos);
    BOOST_TEST(content(at.home / "runs/count") == "x\n");
    BOOST_TEST(states() == "cc");
}

BOOST_FIXTURE_TEST_CASE(what_a_step_has_done_is_checked, pipeline_run_scene) {
    step("echo ground rye; echo rye 2 > flour.txt; echo oat > flour.md; mkdir sub; echo > sub/x");
    step("echo never");
    write(at.home / "expected", "rye 2\n");
    ::setenv("EXPECTED", (at.home / "expected").c_str(), 1);
    children[0].whole->environment["EXPECTED"] = (at.home / "expected").native();
    children[0].checks = {{.output = "ground (\\w+)"},
                          {.file = "flour.*", .contains = "^(rye|oat)"},
                          {.file = "sub/*"},
                          {.file = "flour.txt", .compare_to = "../../expected"}};
    const auto output = perform();
    const auto checks = output.substr(output.find("INFO: [guild] checking"));
    BOOST_TEST(checks == "INFO: [guild] checking run c0 output for 'ground (\\\\w+)'\n"
                         "INFO: [guild] checking run c0 files 'flour.*'\n"
                         "INFO: [guild] checking run c0 file flour.md for '^(rye|oat)'\n"
                         "INFO: [guild] checking run c0 file flour.txt for '^(rye|oat)'\n"
                         "INFO: [guild] checking run c0 files 'sub/*'\n"
                         "INFO: [guild] checking run c0 files 'flour.txt'\n"
                         "INFO: [guild] comparing run c0 file flour.txt to " +
                             (at.run("c0").directory / "../../expected").native() +
                             "\nINFO: [guild] 4 of 4 checks passed\n"
                             "INFO: [guild] running s2: op\nnever\n");
}

BOOST_FIXTURE_TEST_CASE(a_check_that_fails_ends_it_with_3, pipeline_run_scene) {
    step("echo rye 2 > flour.txt");
    step("echo never");
    write(at.home / "expected", "rye 3\n");
    children[0].checks = {{.output = "chaff"},
                          {.file = "none*"},
                          {.file = "flour.txt", .contains = "oat"},
                          {.file = "flour.txt", .compare_to = "../../expected"},
                          {.file = "flour.txt", .compare_to = "../../no-such"},
                          {.output = "("},
                          {.file = "flour.txt"}};
    const auto output = perform();
    for (const char* line :
         {"ERROR: [guild] check failed: could not find pattern 'chaff' in run c0 output\n",
          "ERROR: [guild] check failed: no files matching none* in run c0\n",
          "ERROR: [guild] check failed: could not find pattern 'oat' in run c0 file flour.txt\n",
          "\n\n@@ -1,2 +1,2 @@\n\n-rye 3\n+rye 2\n \n"
          "ERROR: [guild] check failed: unexpected file contents - see above for details\n",
          "ERROR: [guild] check failed: cannot read ",
          "ERROR: [guild] check failed: bad pattern '(': ",
          "INFO: [guild] 1 of 7 checks passed\n"
          "guild: stopping because a check failed - see above for details\n"}) {
        BOOST_TEST(output.find(line) != output.npos, line);
    }
    BOOST_TEST(states() == "c-");
    BOOST_TEST(status("p").exit_status.value() == 3);
}

BOOST_FIXTURE_TEST_CASE(a_file_in_the_place_of_a_link_is_said, pipeline_run_scene) {
    step("true");
    write(at.run("p").directory / "keep", "");
    head.notes = {"WARNING: [guild] a note"};
    pack();
    auto request = parent();
    request.package = "files";
    write(at.cache / "outrider/packages/files/files/s1", "in the way\n");
    agent.call(request);
    const auto output = follow("p");
    BOOST_TEST(output == "WARNING: [guild] a note\nINFO: [guild] running s1: op\n"
                         "guild: unexpected step run link " +
                             (at.run("p").directory / "s1").native() + ": expected symlink\n");
    BOOST_TEST(status("p").exit_status.value() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
