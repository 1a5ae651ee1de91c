#include "cli/render/operations_text.hpp"
#include "cli/render/wrapped_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::cli;

namespace {

using lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(cli_help_text)

BOOST_AUTO_TEST_CASE(lines_break_at_blanks_and_behind_hyphens) {
    const std::tuple<const char*, std::size_t, lines> cases[] = {
        {"", 10, {}},
        {"one two three", 20, {"one two three"}},
        {"one two three", 7, {"one two", "three"}},
        {"one  two", 4, {"one", "two"}},
        {"one\ntwo", 20, {"one two"}},
        {"one\n\n\ntwo\n", 20, {"one", "", "two"}},
        {"  one two\nthree", 9, {"  one two", "  three"}},
        {"a well-known thing", 8, {"a well-", "known", "thing"}},
        {"from a-1 to 1-2 --x", 7, {"from", "a-1 to", "1-2 --x"}},
        {"abcdefghij", 4, {"abcd", "efgh", "ij"}},
        {"größe größe", 11, {"größe größe"}},
        {"one two\n\n\b\n  a  b\n\n  c", 4, {"one", "two", "", "  a  b", "", "  c"}},
    };
    for (const auto& [text, width, expected] : cases) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(wrapped_lines(text, width) == expected, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_takes_more_than_a_line_is_set_off) {
    const std::string words = "input batch size for training and for testing, in images at a time";
    BOOST_TEST(definition_lines({{"a", words}, {"b", ""}, {"long-name", "short"}}) ==
               "  a          input batch size for training and for testing, in images at a\n"
               "             time\n"
               "\n"
               "  b\n"
               "  long-name  short\n");
    const std::string name(31, 'n');
    BOOST_TEST(definition_lines({{name, "what"}}) ==
               "  " + name + "\n" + std::string(34, ' ') + "what\n");
}

BOOST_AUTO_TEST_CASE(each_line_of_a_description_is_a_paragraph) {
    BOOST_TEST(operation_help_text({.name = "fit", .description = "Fit a line\nWith weights"},
                                   "guild") == "Usage: guild run [OPTIONS] fit [FLAG]...\n"
                                               "\n"
                                               "Fit a line\n"
                                               "\n"
                                               "With weights\n"
                                               "\n"
                                               "Use 'guild run --help' for a list of options.\n");
}

BOOST_AUTO_TEST_SUITE_END()
