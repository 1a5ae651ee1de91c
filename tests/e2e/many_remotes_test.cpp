// One command on several remotes: two that answer, one that refuses, one that never answers.
#include "tests/e2e/scene.hpp"
#include "tests/support/black_hole.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace outrider::testing;

namespace {

/// Remotes `a` (ssh) and `b` (another home here) that answer, `refuses` and `silent` that do not.
struct several {
    over_ssh at_a;
    over_local at_b;
    black_hole nothing;
    outrider_program me;

    several() {
        me.write_config("remotes:\n  a:\n" + at_a.config() + "  b:\n" + at_b.config() +
                        "  refuses:\n    type: ssh\n    host: 127.0.0.1\n    port: 1\n"
                        "    ssh-config: none\n"
                        "  silent:\n    type: ssh\n    host: 127.0.0.1\n    connect-timeout: 1\n"
                        "    ssh-config: none\n    port: " +
                        std::to_string(nothing.port()) + "\ngroups:\n  good: [a, b]\n");
        write_test_project(me);
    }
    /// Runs `hello` on both that answer.
    void run_on_both() const {
        check_exit(me.run({"run", "hello", "msg=hi", "times=1", "-r", "@good", "-y"}), 0);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(several_remotes)

BOOST_AUTO_TEST_CASE(an_operation_runs_on_each_and_all_runs_are_in_one_table) {
    const several it;
    const auto ran = it.me.run({"run", "hello", "msg=hi", "times=1", "-r", "b,a", "-y"});
    check_exit(ran, 0);
    BOOST_TEST(has(ran.out, "a: hi\n"));
    BOOST_TEST(has(ran.out, "b: hi\n"));
    BOOST_TEST(count_of("stopped with a status of 'completed'", ran.err) == 2);
    const auto listed = it.me.run({"runs", "-r", "a", "-r", "b"});
    check_exit(listed, 0);
    BOOST_TEST(count_of("\n", listed.out) == 2);
    BOOST_TEST(has(listed.out, "[1:"));
    BOOST_TEST(count_of("]  a  ", listed.out) == 1);
    BOOST_TEST(count_of("]  b  ", listed.out) == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reached_is_a_line_and_the_rest_completes) {
    const several it;
    it.run_on_both();
    const auto listed = it.me.run({"runs", "-r", "all"});
    check_says(listed, 3,
               {"refuses: connect to 127.0.0.1 port 1: connection refused",
                "silent: ", "2 of 4 unreachable: refuses, silent"});
    BOOST_TEST(count_of("completed", listed.out) == 2);
    const auto none = it.me.run({"runs", "-r", "refuses,silent"});
    check_says(none, 1, {"2 of 2 unreachable: refuses, silent"});
    BOOST_TEST(none.out == "");
}

BOOST_AUTO_TEST_CASE(run_arguments_count_in_the_common_list) {
    const several it;
    it.run_on_both();
    const auto listed = it.me.run({"runs", "-r", "a,b"});
    const auto first = listed.out.substr(0, listed.out.find('\n'));
    const std::string holder = has(first, "]  a  ") ? "a" : "b";
    check_exit(it.me.run({"label", "1", "-s", "chosen", "-r", "a,b", "-y"}), 0);
    const auto after = it.me.run({"runs", "-r", "a,b"});
    BOOST_TEST(count_of("chosen", after.out) == 1);
    BOOST_TEST(has(after.out.substr(0, after.out.find('\n')), "chosen"));
    const auto id = first.substr(first.find(':') + 1, 8);
    const auto shown = it.me.run({"select", id, "-r", "a,b"});
    check_exit(shown, 0);
    BOOST_TEST(has(shown.out, "==> " + holder + " <==\n" + id));
    check_says(it.me.run({"stop", "ffffffff", "-r", "a,b", "-y"}), 1,
               {"could not find a run matching 'ffffffff'"});
    check_says(it.me.run({"stop", "ffffffff", "-r", "a,refuses", "-y"}), 1,
               {"could not find a run matching 'ffffffff'", "(1 of 2 unreachable: refuses)"});
}

BOOST_AUTO_TEST_CASE(an_index_is_refused_where_not_all_answer) {
    const several it;
    it.run_on_both();
    for (const char* index : {"1", "1:2", ":"}) {
        check_says(it.me.run({"runs", "rm", index, "-r", "a,b,refuses", "-y"}), 1, {"use run ids"});
    }
    const auto listed = it.me.run({"runs", "-r", "a,b"});
    BOOST_TEST(count_of("completed", listed.out) == 2);
    const auto id = listed.out.substr(listed.out.find(':') + 1, 8);
    check_says(it.me.run({"runs", "rm", id, "-r", "a,b,refuses", "-y"}), 3, {"Deleted 1 run(s)"});
}

BOOST_AUTO_TEST_CASE(one_question_is_put_for_all) {
    const several it;
    it.run_on_both();
    const auto declined = it.me.run({"runs", "rm", "-r", "@good"}, "n\n");
    check_says(declined, 4, {"Delete 2 run(s)? (Y/n)"});
    BOOST_TEST(count_of("You are about to delete", declined.err) == 1);
    BOOST_TEST(count_of("completed", it.me.run({"runs", "-r", "@good"}).out) == 2);
    const auto agreed = it.me.run({"runs", "rm", "-r", "@good"}, "y\n");
    check_says(agreed, 0, {"a: Deleted 1 run(s)", "b: Deleted 1 run(s)"});
    BOOST_TEST(it.me.run({"runs", "-r", "@good"}).out == "");
}

BOOST_AUTO_TEST_CASE(equal_files_are_shown_together_on_request) {
    const several it;
    it.run_on_both();
    BOOST_TEST(it.me.run({"cat", "-O", "-r", "@good"}).out == "==> a <==\nhi\n==> b <==\nhi\n");
    BOOST_TEST(it.me.run({"cat", "-O", "-r", "@good", "--group"}).out == "==> a, b (2) <==\nhi\n");
}

BOOST_AUTO_TEST_CASE(runs_are_pulled_from_all) {
    const several it;
    it.run_on_both();
    const auto pulled = it.me.run({"pull", "a,b", "-y"});
    check_exit(pulled, 0);
    BOOST_TEST(count_of("Copying ", pulled.err) == 2);
    const auto here = it.me.run({"runs"});
    BOOST_TEST(count_of("completed", here.out) == 2);
}

BOOST_AUTO_TEST_CASE(runs_are_pushed_to_all_and_files_listed_of_all) {
    const several it;
    check_exit(it.me.run({"run", "hello", "-y"}), 0);
    const auto pushed = it.me.run({"push", "a,b", "-y"});
    check_exit(pushed, 0);
    BOOST_TEST(count_of("Copying ", pushed.err) == 2);
    BOOST_TEST(count_of("completed", it.me.run({"runs", "-r", "a,b"}).out) == 2);
    const auto files = it.me.run({"ls", "-r", "@good"});
    check_exit(files, 0);
    BOOST_TEST(has(files.out, "==> a <==\n"));
    BOOST_TEST(has(files.out, "==> b <==\n"));
}

BOOST_AUTO_TEST_CASE(machines_are_checked_and_examined_together) {
    const several it;
    for (const std::vector<std::string>& words : {std::vector<std::string>{"check", "-r", "@good"},
                                                  {"doctor", "a,b"},
                                                  {"remote", "status", "a,b"}}) {
        const auto looked = it.me.run(words);
        BOOST_TEST_CONTEXT(words.front() << "\n" << looked.out << looked.err) {
            BOOST_TEST(looked.exit_code == 0);
            BOOST_TEST(has(looked.out, "==> a <==\n"));
            BOOST_TEST(has(looked.out, "==> b <==\n"));
        }
    }
    // That a machine cannot be reached is what the examination found.
    const auto examined = it.me.run({"doctor", "a,refuses"});
    check_exit(examined, 1);
    BOOST_TEST(has(examined.out, "==> refuses <==\nPROBLEM  connect: "), examined.out);
}

BOOST_AUTO_TEST_CASE(the_highest_exit_code_is_that_of_a_wait_on_all) {
    const several it;
    check_exit(it.me.run({"run", "fail", "-r", "a", "-y", "--no-wait"}), 0);
    check_exit(it.me.run({"run", "hello", "-r", "b", "-y", "--no-wait"}), 0);
    const auto id_of = [&](const char* remote) {
        const auto listed = it.me.run({"runs", "-r", remote}).out;
        return listed.substr(listed.find(':') + 1, 8);
    };
    const auto waited = it.me.run({"wait", id_of("a"), id_of("b"), "-r", "a,b"});
    const auto alone = it.me.run({"wait", id_of("a"), "-r", "a"});
    BOOST_TEST(alone.exit_code > 0);
    BOOST_TEST(waited.exit_code == alone.exit_code, waited.err);
}

BOOST_AUTO_TEST_CASE(copies_of_runs_of_all_are_brought_up_to_date) {
    const several it;
    const std::string gate = it.me.directory() / "gate";
    const auto started =
        it.me.run({"run", "gate", "file=" + gate, "-r", "@good", "-y", "--no-wait"});
    check_exit(started, 0);
    check_exit(it.me.run({"pull", "@good", "-y"}), 0);
    BOOST_TEST(has(it.me.run({"runs"}).out, "running (a)"));
    BOOST_TEST(has(it.me.run({"runs"}).out, "running (b)"));
    auto sync = it.me.start({"sync", "--follow"});
    sync.wait_for_err("Resolving run on a");
    sync.wait_for_err("Resolving run on b");
    write_file(gate, "");
    check_exit(sync.finish(), 0);
    BOOST_TEST(count_of("completed", it.me.run({"runs"}).out) == 2);
}

BOOST_AUTO_TEST_CASE(an_interrupt_detaches_from_all) {
    const several it;
    const std::string gate = it.me.directory() / "gate";
    auto run = it.me.start({"run", "gate", "file=" + gate, "-r", "@good", "-y"});
    run.wait_for_out("a: waiting");
    run.wait_for_out("b: waiting");
    run.signal(SIGINT);
    const auto ended = run.finish();
    check_exit(ended, 0);
    BOOST_TEST(count_of("Detached from remote run", ended.err) == 2);
    BOOST_TEST(count_of("running", it.me.run({"runs", "-r", "@good"}).out) == 2);
    write_file(gate, "");
}

BOOST_AUTO_TEST_CASE(what_runs_on_all_is_stopped_and_waited_for) {
    const several it;
    check_exit(it.me.run({"run", "gate", "file=" + it.me.directory() / "gate", "-r", "@good", "-y",
                          "--no-wait"}),
               0);
    check_says(it.me.run({"stop", "-r", "@good", "-y"}), 0, {"a: Stopping ", "b: Stopping "});
    const auto listed = it.me.run({"runs", "-r", "@good"});
    BOOST_TEST(count_of("terminated", listed.out) == 2);
}

BOOST_AUTO_TEST_CASE(documents_tell_which_remote_and_what_failed) {
    const several it;
    it.run_on_both();
    const auto status = it.me.run({"remote", "status", "a,refuses", "--json"});
    check_exit(status, 3);
    const auto told = boost::json::parse(status.out);
    BOOST_TEST(told.at("remotes").at(0).at("remote").as_string() == "a");
    BOOST_TEST(told.at("failed").at(0).at("remote").as_string() == "refuses");
    BOOST_TEST(told.at("failed").at(0).at("unreachable").as_bool());
    BOOST_TEST(told.at("error").at("code").as_string() == "unreachable_in_part");
    const auto listed = boost::json::parse(it.me.run({"runs", "-r", "a,b", "--json"}).out);
    BOOST_TEST(listed.as_array().size() == 2U);
    BOOST_TEST(listed.at(0).at("held_by").is_string());
}

BOOST_AUTO_TEST_CASE(what_is_done_on_one_machine_at_a_time_says_so) {
    const several it;
    check_says(it.me.run({"diff", "-r", "a,b"}), 1, {"names several remotes"});
    check_says(it.me.run({"runs", "-r", "@nobody"}), 1, {"group nobody is not defined"});
    check_says(it.me.run({"runs", "-r", "x*"}), 1, {"no remote matches 'x*'"});
}

BOOST_AUTO_TEST_SUITE_END()
