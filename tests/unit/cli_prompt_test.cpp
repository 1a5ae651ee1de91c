#include "cli/prompt.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace outrider::cli;

BOOST_AUTO_TEST_SUITE(cli_prompt)

BOOST_AUTO_TEST_CASE(yes_and_no_are_understood_and_nothing_means_what_is_usual) {
    const struct {
        const char* input;
        bool usually;
        confirmation answer;
        int asked;
    } cases[] = {
        {"y\n", false, confirmation::yes, 1},
        {"yes\n", false, confirmation::yes, 1},
        {" YES \r\n", false, confirmation::yes, 1},
        {"n\n", true, confirmation::no, 1},
        {"No\n", true, confirmation::no, 1},
        {"\n", true, confirmation::yes, 1},
        {"\n", false, confirmation::no, 1},
        {"   \n", true, confirmation::yes, 1},
        {"y", false, confirmation::yes, 1}, // a last line without line feed
        {"what\nyess\ny\n", false, confirmation::yes, 3},
        {"", true, confirmation::ended, 1},
        {"what\n", true, confirmation::ended, 2},
    };
    for (const auto& c : cases) {
        std::istringstream in(c.input);
        std::ostringstream err;
        BOOST_TEST_CONTEXT(c.input) {
            BOOST_CHECK(confirm(in, err, "Continue? (Y/n) ", c.usually) == c.answer);
            int asked = 0;
            for (auto at = err.str().find("Continue?"); at != std::string::npos;
                 at = err.str().find("Continue?", at + 1)) {
                ++asked;
            }
            BOOST_TEST(asked == c.asked);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_question_leaves_the_next_line_to_the_next_question) {
    std::istringstream in("y\nn\n");
    std::ostringstream err;
    BOOST_CHECK(confirm(in, err, "1? ", true) == confirmation::yes);
    BOOST_CHECK(confirm(in, err, "2? ", true) == confirmation::no);
    BOOST_TEST(err.str() == "1? 2? ");
}

BOOST_AUTO_TEST_CASE(a_secret_is_one_line_as_typed) {
    std::istringstream in(" pass word \n\nrest");
    std::ostringstream err;
    BOOST_TEST(read_secret(in, err, "Passphrase: ", true).value() == " pass word ");
    BOOST_TEST(read_secret(in, err, "Passphrase: ", true).value().empty());
    BOOST_TEST(read_secret(in, err, "Passphrase: ", true).value() == "rest");
    BOOST_TEST(!read_secret(in, err, "Passphrase: ", true).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
