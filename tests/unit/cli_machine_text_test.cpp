#include "cli/render/copy_lines.hpp"
#include "cli/render/machine_text.hpp"
#include "cli/render/questions.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::cli;

BOOST_AUTO_TEST_SUITE(cli_machine_text)

BOOST_AUTO_TEST_CASE(values_of_check_begin_at_column_28) {
    machine_checked checked;
    checked.remote = "gpu1";
    checked.type = "ssh";
    checked.host = "box.example";
    checked.facts = {{"guild_version", "0.9"},
                     {"gpus", "one\ntwo"},
                     {"python_exe", ""},
                     {"a_name_that_is_longer_than_the_column", "x"}};
    BOOST_TEST(check_text(checked) == "remote:                    gpu1 (ssh)\n"
                                      "host:                      box.example\n"
                                      "guild_version:             0.9\n"
                                      "gpus:                      one\n"
                                      "                           two\n"
                                      "python_exe:                \n"
                                      "a_name_that_is_longer_than_the_column: x\n");
    checked.remote.clear();
    BOOST_TEST(check_text(checked).starts_with("guild_version:             0.9\n"));
}

BOOST_AUTO_TEST_CASE(what_a_machine_says_does_not_reach_the_terminal_as_a_command) {
    machine_checked checked;
    checked.facts = {{"system", "\x1b[2Jnice"}};
    BOOST_TEST(check_text(checked) == "system:                    ?[2Jnice\n");
    machine_examined examined;
    examined.findings = {{.name = "shell", .level = finding_level::good, .what = "a\x1b]0;b\x07"}};
    BOOST_TEST(doctor_text(examined, false) == "ok       a?]0;b?\n");
}

BOOST_AUTO_TEST_CASE(findings_stand_in_lines_with_their_cure_below) {
    machine_examined examined;
    examined.findings = {
        {.name = "a", .level = finding_level::good, .what = "fine"},
        {.name = "b", .level = finding_level::warning, .what = "odd", .cure = "do this"},
        {.name = "c", .level = finding_level::problem, .what = "bad\nvery", .cure = "do that"}};
    BOOST_TEST(doctor_text(examined, false) == "ok       fine\n"
                                               "WARNING  odd\n"
                                               "         cure: do this\n"
                                               "PROBLEM  bad\n"
                                               "         very\n"
                                               "         cure: do that\n");
    BOOST_TEST(doctor_text(examined, true)
                   .starts_with("\x1b[32mok\x1b[0m       fine\n"
                                "\x1b[33mWARNING\x1b[0m  odd\n"));
}

BOOST_AUTO_TEST_CASE(a_copy_is_called_as_its_command_is) {
    invocation asked;
    const run_copying copied{.remote = "gpu1", .run_id = "abc"};
    asked.what = pull_command{};
    BOOST_TEST(copy_lines(copied, asked) == "Copying abc\n");
    asked.what = push_command{};
    BOOST_TEST(copy_lines(copied, asked) == "Copying abc\n");
    asked.what = sync_command{};
    BOOST_TEST(copy_lines(copied, asked) == "Syncing abc\nCopying abc\n");
    BOOST_TEST(copy_lines(run_resolving{.remote = "gpu1", .run_id = "abc"}) ==
               "Resolving run on gpu1\n");
}

BOOST_AUTO_TEST_CASE(questions_about_copies_and_remotes) {
    question asked{.kind = question_kind::push, .remote = "gpu1"};
    const run_table_view view;
    BOOST_TEST(words_of(asked, view).preview ==
               "You are about to copy (push) the following runs to gpu1:\n");
    asked.text = " with delete";
    BOOST_TEST(words_of(asked, view).preview ==
               "You are about to copy (push with delete) the following runs to gpu1:\n");
    asked.kind = question_kind::pull;
    BOOST_TEST(words_of(asked, view).preview ==
               "You are about to copy (pull with delete) the following runs from gpu1:\n");
    BOOST_TEST(words_of(asked, view).prompt == "Continue? (Y/n) ");
    asked.kind = question_kind::remote_start;
    asked.text = "make ready";
    BOOST_TEST(words_of(asked, view).preview ==
               "You are about to reinitialize remote gpu1\n  make ready\n");
    asked.text.clear();
    BOOST_TEST(words_of(asked, view).preview == "You are about to start remote gpu1\n");
}

BOOST_AUTO_TEST_SUITE_END()
