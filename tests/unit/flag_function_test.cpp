#include "engine/search/flag_function.hpp"

#include "engine/text/yaml_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

std::string expanded(const char* text) {
    const auto function = read_flag_function(text);
    BOOST_REQUIRE(function);
    const auto values = expand_sequence(*function);
    if (!values) {
        return "error: " + values.error().context;
    }
    std::string out = yaml_flow(boost::json::value(values->values));
    return values->note.empty() ? out : out + " " + values->note;
}

} // namespace

BOOST_AUTO_TEST_SUITE(flag_functions)

BOOST_AUTO_TEST_CASE(text_is_a_function_only_where_a_person_means_one) {
    for (const char* text :
         {"[1:9]", "[0.5:1.5]", "[1:100:55]", "uniform[1:2]", "loguniform[1e-5:1]", "range[4]",
          "range[ 1 : 3 ]", "normal[1:2]", "linspace[1]", "[a:b]"}) {
        BOOST_TEST(is_flag_function(text), text);
    }
    for (const char* text :
         {"", "[1, 2]", "[]", "range", "range [1:2]", "img[0].png", "layer[3]", "a[b", "[{a: 1}]",
          "[\"a:b\"]", "http://[::1]/x", "x[1:2].y", "[1:2, 3]"}) {
        BOOST_TEST(!is_flag_function(text), text);
    }
}

BOOST_AUTO_TEST_CASE(range_is_what_numpy_makes_of_it) {
    BOOST_TEST(expanded("range[4]") == "[0, 1, 2, 3]");
    BOOST_TEST(expanded("range[-2:2]") == "[-2, -1, 0, 1, 2]");
    BOOST_TEST(expanded("range[1:10:3]") == "[1, 4, 7, 10]");
    BOOST_TEST(expanded("range[1:9:5]") == "[1, 6]");
    BOOST_TEST(expanded("range[0:1:0.3]") == "[0.0, 0.3, 0.6, 0.9, 1.2]");
    BOOST_TEST(expanded("range[5:1:-2]") == "[5, 3, 1]");
    BOOST_TEST(expanded("range[1:0:-0.5]") == "[1.0, 0.5, 0.0]");
    BOOST_TEST(expanded("range[0.1:0.5:0.1]") == "[0.1, 0.2, 0.3, 0.4, 0.5]");
    BOOST_TEST(expanded("range[0:2e1:1e1]") == "[0.0, 10.0, 20.0]");
    BOOST_TEST(expanded("range[5:1]") == "[]");
    BOOST_TEST(expanded("range[0]") == "[]");
}

BOOST_AUTO_TEST_CASE(spaces_are_spread_evenly_with_both_ends) {
    BOOST_TEST(expanded("linspace[0:1]") == "[0.0, 0.25, 0.5, 0.75, 1.0]");
    BOOST_TEST(expanded("linspace[0:1:4]") == "[0.0, 0.33333333, 0.66666667, 1.0]");
    BOOST_TEST(expanded("linspace[3:9:1]") == "[3.0]");
    BOOST_TEST(expanded("linspace[3:9:0]") == "[]");
    BOOST_TEST(expanded("linspace[1e-9:3e-9:3]") == "[1.0e-09, 1.9999999999999997e-09, 3.0e-09]");
    BOOST_TEST(expanded("logspace[0:3:4:2]") == "[1.0, 2.0, 4.0, 8.0]");
    BOOST_TEST(expanded("logspace[0:1:3]") == "[1.0, 3.16227766, 10.0]");
    BOOST_TEST(expanded("logspace[-4:-1:4]") == "[0.0001, 0.001, 0.01, 0.1]");
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_said_and_surplus_ones_left_out) {
    BOOST_TEST(expanded("linspace[1]") == "error: function requires at least 2 arg(s)");
    BOOST_TEST(expanded("range[]") == "error: function requires at least 1 arg(s)");
    BOOST_TEST(expanded("range[a:b]") == "error: invalid arg 'a': expected a number");
    BOOST_TEST(expanded("range[0:1:0]") == "error: step cannot be 0");
    BOOST_TEST(expanded("range[0:1e12]") == "error: too many values");
    BOOST_TEST(expanded("linspace[0:1:99999999999]") == "error: too many values");
    BOOST_TEST(expanded("range[1:2:1:7]") ==
               "[1, 2] unsupported arguments for range function: (7,) - ignoring");
}

BOOST_AUTO_TEST_SUITE_END()
