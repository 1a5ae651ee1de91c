#include "cli/short_options.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider::cli;

namespace {

using words = std::vector<std::string>;

struct rewriting {
    const char* command;
    words typed;
    words parsed;
};

// What a command says of its options; the first two have no filters.
short_option_rules rules_of(std::string_view command) {
    return {.filters = !command.empty() && command != "run",
            .has =
                [command](std::string_view option) {
                    return (option == "--page" && command == "cat") ||
                           (option == "--remove" && command == "label") ||
                           (option == "--strict-cols" && command == "compare") ||
                           ((option.starts_with("--batch-") || option.starts_with("--edit-")) &&
                            command == "run");
                },
            // As the parser of `ls` would say.
            .wants_value =
                [](std::string_view option) {
                    return option == "--path" || option == "-p" || option == "-nap" ||
                           option == "-l";
                }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_short_options)

BOOST_AUTO_TEST_CASE(multi_letter_options_become_long_ones) {
    const rewriting cases[] = {
        {"runs list", {"-Fo", "train"}, {"--operation", "train"}},
        {"runs list", {"-Fo=train"}, {"--operation=train"}},
        {"runs list", {"-Fl", "-"}, {"--label", "-"}},
        {"runs list",
         {"-Fu", "-Ft", "a", "-Fc", "b", "-Fm", "-Fn", "-Fs", "today", "-Fd", "ab"},
         {"--unlabeled", "--tag", "a", "--comment", "b", "--marked", "--unmarked", "--started",
          "today", "--digest", "ab"}},
        {"runs rm",
         {"-Sr", "-Sc", "-Se", "-St", "-Sp", "-Ss"},
         {"--running", "--completed", "--error", "--terminated", "--pending", "--staged"}},
        {"runs", {"-Set", "1"}, {"--error", "--terminated", "1"}},
        {"runs", {"-Sx"}, {"-Sx"}},
        {"runs", {"-S"}, {"-S"}},
        {"cat", {"-pa"}, {"--page"}},
        {"label", {"-rm", "old"}, {"--remove", "old"}},
        {"compare", {"-t", "-cc", "=lr"}, {"-t", "--strict-cols", "=lr"}},
        {"run",
         {"-bl", "x", "-bt=y", "-bc", "-ec", "-ec"},
         {"--batch-label", "x", "--batch-tag=y", "--batch-comment", "-ec", "--edit-comment"}},
    };
    for (const auto& c : cases) {
        BOOST_TEST_CONTEXT(c.command << " " << c.typed.front()) {
            BOOST_TEST(expand_short_options(c.typed, rules_of(c.command)) == c.parsed,
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(everything_else_stays_as_it_is) {
    const rewriting cases[] = {
        {"ls", {"-nap", "LOCK*"}, {}},
        {"ls", {"-pa"}, {}},          // the path "a"
        {"ls", {"-rm"}, {}},          // the remote "m"
        {"ls", {"-p", "-Fo"}, {}},    // a value
        {"ls", {"-nap", "-Set"}, {}}, // a value
        {"ls", {"--path", "-Fu"}, {}},
        {"ls", {"-Fo=", "x"}, {"--operation=", "x"}},
        {"ls", {"-Fo", "-Fl"}, {"--operation", "-Fl"}}, // a value of its own
        {"ls", {"--", "-Fo"}, {}},
        {"ls", {"-", "", "1"}, {}},
        {"ls", {"-Fotrain"}, {}}, // -F with the expression "otrain"
        {"run", {"-Sx", "-Fo", "x"}, {}},
        {"", {"-Set"}, {}},
    };
    for (const auto& c : cases) {
        BOOST_TEST_CONTEXT(c.command << " " << c.typed.front()) {
            BOOST_TEST(expand_short_options(c.typed, rules_of(c.command)) ==
                           (c.parsed.empty() ? c.typed : c.parsed),
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(messages_name_what_was_typed) {
    BOOST_TEST(short_form("--operation") == "-Fo");
    BOOST_TEST(short_form("--staged") == "-Ss");
    BOOST_TEST(short_form("--path").empty());
}

BOOST_AUTO_TEST_SUITE_END()
