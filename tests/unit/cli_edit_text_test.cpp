#include "cli/arguments.hpp"
#include "cli/comment_editor.hpp"
#include "cli/pager.hpp"
#include "cli/render/edit_text.hpp"
#include "cli/render/file_list.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::cli;

namespace {

run_row a_row() {
    run_row row;
    row.id = "3f2a51c0aaaaaaaaaaaaaaaaaaaaaaaa";
    row.operation = "train";
    row.started_us = 0;
    row.state = run_state::completed;
    row.label = "first";
    return row;
}

template <class Command>
Command parsed(std::vector<std::string> words) {
    const auto made = parse_arguments("outrider", words);
    const auto* asked = std::get_if<invocation>(&made);
    const std::string said = asked ? "" : std::get<early_end>(made).err;
    BOOST_REQUIRE_MESSAGE(asked != nullptr, said);
    BOOST_REQUIRE(std::holds_alternative<Command>(asked->what));
    return std::get<Command>(asked->what);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_edit_text)

BOOST_AUTO_TEST_CASE(comments_stand_below_their_run) {
    const comments_listed listed{
        .run = a_row(),
        .comments = {{.body = "one\ntwo\x1b[2J", .host = "box", .user = "ann", .time_us = 0},
                     {.body = "three", .host = "box", .user = "", .time_us = 61'000'000}}};
    BOOST_TEST(comments_text(listed, {}) ==
               "3f2a51c0  train  1970-01-01 00:00:00  completed  first\n"
               "[1] ann@box 1970-01-01 00:00:00\n\n  one\n  two?[2J\n\n"
               "[2] box 1970-01-01 00:01:01\n\n  three\n\n");
    BOOST_TEST(comments_text({.run = a_row(), .comments = {}}, {}) ==
               "3f2a51c0  train  1970-01-01 00:00:00  completed  first\n  <no comments>\n");
}

BOOST_AUTO_TEST_CASE(every_edit_has_its_words) {
    const std::pair<edit_kind, const char*> cases[] = {
        {edit_kind::labeled, "Labeled 2 run(s)\n"},
        {edit_kind::label_cleared, "Cleared label for 2 run(s)\n"},
        {edit_kind::tagged, "Modified tags for 2 run(s)\n"},
        {edit_kind::marked, "Marked 2 run(s)\n"},
        {edit_kind::unmarked, "Unmarked 2 run(s)\n"},
        {edit_kind::comment_added, "Added comment to 2 run(s)\n"},
        {edit_kind::comment_deleted, "Deleted comment for 2 run(s)\n"},
        {edit_kind::comments_deleted, "Deleted all comments for 2 run(s)\n"},
    };
    for (const auto& [kind, text] : cases) {
        BOOST_TEST(edit_line({.kind = kind, .count = 2}) == text);
    }
}

BOOST_AUTO_TEST_CASE(sizes_are_said_as_people_say_them) {
    const std::pair<std::int64_t, const char*> cases[] = {
        {0, "0"},
        {1023, "1023"},
        {1024, "1.0K"},
        {1536, "1.5K"},
        {1024 * 1024 - 1, "1.0M"},
        {5LL << 30, "5.0G"},
        {std::int64_t{1} << 60, "1024.0P"},
    };
    for (const auto& [bytes, text] : cases) {
        BOOST_TEST(size_text(bytes) == text);
    }
}

BOOST_AUTO_TEST_CASE(an_extended_list_aligns_sizes_and_shows_targets) {
    const files_listed files{
        .directory = "/h/runs/x",
        .paths = {"a", "link"},
        .details = {{.mode = "-rw-r--r--", .size = 2048, .modified_us = 0, .target = ""},
                    {.mode = "lrwxrwxrwx", .size = 5, .modified_us = 0, .target = "a"}}};
    BOOST_TEST(file_list(files, {.no_format = true, .extended = true}, {}) ==
               "-rw-r--r--  2048  1970-01-01 00:00:00  a\n"
               "lrwxrwxrwx     5  1970-01-01 00:00:00  link -> a\n");
    BOOST_TEST(file_list(files, {.human_readable = true}, {.home = "/h", .far = false}) ==
               "~/runs/x:\n"
               "  -rw-r--r--  2.0K  1970-01-01 00:00:00  a\n"
               "  lrwxrwxrwx     5  1970-01-01 00:00:00  link -> a\n");
}

BOOST_AUTO_TEST_CASE(what_is_left_of_an_edited_comment) {
    BOOST_TEST(comment_in("\nfirst\n# not this\n\nsecond\n\n# nor this\n") == "first\n\nsecond");
    BOOST_TEST(comment_in("# only this\n  \n") == "");
    BOOST_TEST(comment_in("no feed") == "no feed");
    BOOST_TEST(comment_in("") == "");
}

BOOST_AUTO_TEST_CASE(the_pager_is_the_one_of_the_person) {
    using words = std::vector<std::string>;
    BOOST_TEST(pager_words({}) == (words{"less", "-R"}), boost::test_tools::per_element());
    BOOST_TEST(pager_words({{"PAGER", "most -w 'a b'"}}) == (words{"most", "-w", "a b"}),
               boost::test_tools::per_element());
    BOOST_TEST(pager_words({{"PAGER", ""}}).empty());
    BOOST_TEST(pager_words({{"PAGER", "cat"}}).empty());
}

BOOST_AUTO_TEST_CASE(the_words_of_edits_become_commands) {
    const auto label = parsed<label_command>({"label", "2", "-rm", "old", "-r", "gpu1"});
    BOOST_TEST((label.change == label_change::remove));
    BOOST_TEST(label.parts == std::vector<std::string>{"old"});
    BOOST_TEST(label.remote == "gpu1");
    BOOST_TEST(label.selection.runs.front() == "2");
    BOOST_TEST((parsed<label_command>({"runs", "label", "-c"}).change == label_change::clear));
    const auto tag = parsed<tag_command>({"tag", "-a", "x", "3", "-a", "y", "-d", "z", "4", "-s"});
    BOOST_TEST(tag.add.size() == 2U);
    BOOST_TEST(tag.remove.size() == 1U);
    BOOST_TEST(tag.selection.runs.size() == 2U);
    BOOST_TEST(tag.sync_labels);
    BOOST_TEST(parsed<mark_command>({"mark", "--clear"}).clear);
    BOOST_TEST(parsed<comment_command>({"comment", "-a", "hi"}).add.value() == "hi");
    BOOST_TEST(parsed<comment_command>({"comment", "-d", "2"}).remove.value() == 2);
    BOOST_TEST(!parsed<comment_command>({"comment", "-l"}).add.has_value());
    BOOST_TEST(parsed<wait_command>({"wait", "1", "--any"}).any);
    BOOST_TEST(parsed<watch_command>({"watch", "-p", "7", "--tail", "0"}).tail.value() == 0);
    BOOST_TEST(parsed<open_command>({"open", "-O", "-c", "less -R"}).program == "less -R");
}

BOOST_AUTO_TEST_CASE(a_comment_without_a_text_is_written_in_an_editor) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"comment", "1"},
                                                  {"comment", "-a", ""},
                                                  {"comment", "-u", "x@y"}}) {
        const auto made = parse_arguments("outrider", words);
        BOOST_REQUIRE(std::holds_alternative<invocation>(made));
        BOOST_TEST(std::get<invocation>(made).edit_comment);
    }
    const auto listed = parse_arguments("outrider", {"comment", "-l"});
    BOOST_TEST(!std::get<invocation>(listed).edit_comment);
}

BOOST_AUTO_TEST_CASE(options_that_contradict_each_other_are_told_in_guilds_words) {
    const std::pair<std::vector<std::string>, std::string> cases[] = {
        {{"label"}, "missing one of: --set, --append, --prepend, --remove, --clear"},
        {{"label", "-s", "a", "-c"}, "--set and --clear cannot both be specified"},
        {{"label", "-rm", "a", "-rm", "b", "-p", "c"},
         "--prepend and --remove cannot both be specified"},
        {{"tag"}, "missing one of: --add, --delete, --clear, --list-all"},
        {{"tag", "--list-all", "-a", "x"}, "--add and --list-all cannot both be specified"},
        {{"comment", "-a", "x", "-c"}, "--add and --clear cannot both be specified"},
        {{"comment", "-e", "-l"}, "--edit and --list cannot both be specified"},
        {{"runs", "-a", "-n", "2"}, "--all and --limit cannot both be specified"},
        {{"runs", "-d", "-A", "x"}, "--archive and --deleted cannot both be specified"},
    };
    for (const auto& [words, text] : cases) {
        const auto made = parse_arguments("outrider", words);
        BOOST_TEST_CONTEXT(text) {
            BOOST_REQUIRE(std::holds_alternative<early_end>(made));
            BOOST_TEST(std::get<early_end>(made).exit_code == 1);
            BOOST_TEST(std::get<early_end>(made).err.starts_with("outrider: " + text + "\nTry "));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_wrong_usage) {
    const std::vector<std::string> cases[] = {
        {"comment", "-d", "0"},
        {"wait", "--any", "--all"},
        {"wait", "--timeout", "-1"},
        {"watch", "1", "-p", "7"},
        {"watch", "--tail", "1", "--since", "1m"},
        {"watch", "--tail", "x"},
        {"open", "-O", "-p", "x"},
        {"open", "--shell", "-c", "x"},
    };
    for (const auto& words : cases) {
        const auto made = parse_arguments("outrider", words);
        BOOST_TEST_CONTEXT(words.front() << " " << words.back()) {
            BOOST_REQUIRE(std::holds_alternative<early_end>(made));
            BOOST_TEST(std::get<early_end>(made).exit_code == 2);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
