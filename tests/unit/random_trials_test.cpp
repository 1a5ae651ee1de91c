#include "engine/search/random_trials.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

using boost::json::array;

std::string shown(const boost::json::value& value) {
    if (!value.is_double()) {
        return boost::json::serialize(value);
    }
    char text[40];
    std::snprintf(text, sizeof text, "%.10g", value.get_double());
    return text;
}

// Values of ten digits, "69 1.279918792|68 …|".
std::string drawn(const flag_map& flags, std::int64_t count, std::uint32_t seed) {
    const auto space = read_search_space(flags);
    BOOST_REQUIRE(space);
    std::string out;
    for (const auto& trial : random_trials(*space, count, seed)) {
        for (const auto& [name, value] : trial) {
            out += shown(value) + " ";
        }
        out.back() = '|';
    }
    return out;
}

std::string error_of(const flag_map& flags) {
    const auto space = read_search_space(flags);
    return space ? "" : space.error().context;
}

} // namespace

BOOST_AUTO_TEST_SUITE(random_search)

BOOST_AUTO_TEST_CASE(a_seed_draws_what_numpy_draws) {
    BOOST_TEST(drawn({{"gain", "[1:100]"}, {"secs", "[0.5:1.5]"}}, 5, 7) ==
               "69 1.279918792|68 1.478222897|93 0.8080127652|24 1.001120464|43 0.7684389801|");
    BOOST_TEST(drawn({{"gain", "uniform[1:100]"}, {"secs", "uniform[0.5:1.5]"}}, 2, 7) ==
               "69 1.279918792|68 1.478222897|");
    BOOST_TEST(drawn({{"secs", "loguniform[1e-5:1e-1]"}}, 4, 3) ==
               "1.918224882e-05|0.02289792745|3.057132942e-05|0.001893412804|");
    BOOST_TEST(drawn({{"gain", "[1:2]"}}, 6, 1) == "2|1|1|2|2|2|");
    BOOST_TEST(drawn({{"gain", "[-3:3]"}, {"secs", "[-1e-2:0.0]"}}, 3, 5) ==
               "3 -0.001292676938|3 -0.006362631029|-2 -0.005115888112|");
    BOOST_TEST(drawn({{"gain", array{5, 6, 7}}, {"secs", "[1:9]"}}, 4, 2) == "5 9|6 3|6 8|5 6|");
}

BOOST_AUTO_TEST_CASE(an_initial_value_is_the_first_trials_and_changes_no_other) {
    BOOST_TEST(drawn({{"gain", "[1:100:55]"}, {"secs", "[0.5:1.5]"}}, 3, 7) ==
               "55 1.279918792|68 1.478222897|93 0.8080127652|");
}

BOOST_AUTO_TEST_CASE(bounds_tell_the_kind_of_a_dimension) {
    const auto kind = [](const char* text) {
        return read_search_space({{"x", text}}).value().dimensions.front().kind;
    };
    BOOST_CHECK(kind("[0:1]") == dimension_kind::integer);
    BOOST_CHECK(kind("[0:1.0]") == dimension_kind::real);
    BOOST_CHECK(kind("loguniform[1:1000]") == dimension_kind::logarithmic);
    BOOST_CHECK(kind("[yes:no]") == dimension_kind::categorical);
    BOOST_CHECK(kind("uniform[a:b]") == dimension_kind::categorical);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_searched_is_said_in_the_words_of_guild) {
    BOOST_TEST(error_of({{"dark", false}, {"gain", 1}, {"name", "x y"}}) ==
               "ERROR: [guild] flags for batch (dark=no, gain=1, name=x y) do not contain any "
               "search dimensions\nTry specifying a range for one or more flags as "
               "NAME=[MIN:MAX].");
    BOOST_TEST(error_of({{"gain", "normal[1:2]"}}) ==
               "ERROR: [guild] unknown function 'normal' used for flag gain");
    BOOST_TEST(error_of({{"gain", "uniform[0:1:2:3]"}}) ==
               "ERROR: [guild] uniform requires 2 or 3 args, got (0, 1, 2, 3) for flag gain");
    BOOST_TEST(error_of({{"gain", "[5:1]"}}) ==
               "guild: invalid function args in 'gain=uniform[5:1]': the lower bound 5 has to be "
               "less than the upper bound 1");
    BOOST_TEST(!error_of({{"gain", "loguniform[0:1]"}}).empty());
    BOOST_TEST(!error_of({{"gain", "[.nan:1]"}}).empty());
}

BOOST_AUTO_TEST_CASE(text_in_quotes_is_no_function) {
    const auto space = read_search_space({{"a", "[1:2]"}, {"b", "[1:2]"}}, {"b"});
    BOOST_TEST(space.value().dimensions.size() == 1U);
    BOOST_TEST(space.value().constant.contains("b"));
}

BOOST_AUTO_TEST_CASE(functions_in_a_grid_are_drawn_from_their_bounds) {
    std::vector<flag_map> trials{{{"a", 1}, {"b", "[1:9]"}}, {{"a", 2}, {"b", "[1:9]"}}};
    auto again = trials;
    BOOST_REQUIRE(draw_functions(trials, 4));
    BOOST_REQUIRE(draw_functions(again, 4));
    BOOST_CHECK(trials == again);
    for (const auto& trial : trials) {
        BOOST_TEST(trial.at("b").as_int64() >= 1);
        BOOST_TEST(trial.at("b").as_int64() <= 9);
    }
}

BOOST_AUTO_TEST_SUITE_END()
