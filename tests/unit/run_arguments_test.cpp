#include "engine/runs/run_arguments.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

using words = std::vector<std::string>;
using indexes = std::vector<std::size_t>;

const words ids = {
    "abc10000000000000000000000000000", "abc20000000000000000000000000000",
    "12345678000000000000000000000000", "12345678100000000000000000000000",
    "ffff0000000000000000000000000000",
};

} // namespace

BOOST_AUTO_TEST_SUITE(run_arguments)

BOOST_AUTO_TEST_CASE(arguments_choose_in_their_order_a_run_for_every_mention) {
    const struct {
        words arguments;
        indexes chosen;
    } cases[] = {
        {{}, {}},
        {{"1"}, {0}},
        {{"5", "1", "1"}, {4, 0, 0}},
        {{"2:3"}, {1, 2}},
        {{":2"}, {0, 1}},
        {{"4:"}, {3, 4}},
        {{":"}, {0, 1, 2, 3, 4}},
        {{"4:99"}, {3, 4}},
        {{"0:1"}, {0}},
        {{"7:9"}, {}},
        {{"3:2"}, {}},
        {{"1:99999999999999999999999"}, {0, 1, 2, 3, 4}},
        {{"abc1"}, {0}},
        {{"f", "abc2"}, {4, 1}},
        {{"3", "2:4"}, {2, 1, 2, 3}},
        {{"123456780"}, {2}},
        {{"12345678100000000000000000000000"}, {3}},
    };
    for (const auto& c : cases) {
        const auto got = select_runs(ids, c.arguments);
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(*got == c.chosen, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(each_once_keeps_the_first_mention) {
    BOOST_TEST((each_once({4, 0, 4, 2, 0}) == indexes{4, 0, 2}));
    BOOST_TEST(each_once({}).empty());
}

BOOST_AUTO_TEST_CASE(an_exact_id_wins_over_a_longer_one) {
    const words short_ids = {"ab", "abc"};
    BOOST_TEST(select_runs(short_ids, words{"ab"}).value() == indexes{0},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_names_no_run_is_not_found) {
    for (const std::string argument : {"x", "", "0", "6", "-1", "a:b", "1:x", "ABC1", " 1"}) {
        BOOST_TEST_CONTEXT(argument) {
            const auto got = select_runs(ids, words{"1", argument});
            BOOST_REQUIRE(got.has_error());
            BOOST_CHECK(got.error().kind() == errc::not_found);
            BOOST_TEST(got.error().context ==
                       "could not find a run matching '" + argument +
                           "'\nTry '{program} runs list' for a list or '{program} {command} --help'"
                           " for more information.");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_prefix_of_several_runs_is_ambiguous_and_names_them) {
    const auto got = select_runs(ids, words{"abc"});
    BOOST_REQUIRE(got.has_error());
    BOOST_CHECK(got.error().kind() == errc::ambiguous);
    BOOST_TEST(got.error().context == "'abc' matches multiple runs:\n  abc10000\n  abc20000");
    // Short ids would be the same here.
    BOOST_TEST(select_runs(ids, words{"12345678"}).error().context ==
               "'12345678' matches multiple runs:\n  " + ids[2] + "\n  " + ids[3]);
}

BOOST_AUTO_TEST_SUITE_END()
