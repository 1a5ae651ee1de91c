#include "engine/text/yaml_value.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(yaml_reading)

BOOST_AUTO_TEST_CASE(scalars_mean_what_yaml_1_1_says) {
    const std::pair<const char*, const char*> cases[] = {
        {"yes", "true"},
        {"Off", "false"},
        {"~", "null"},
        {"", "null"},
        {"012", "10"},
        {"0x1F", "31"},
        {"0b11", "3"},
        {"1:30", "90"},
        {"-1:30", "-90"},
        {"1_000", "1000"},
        {"1e2", "1E2"},
        {"1e-3", "1E-3"},
        {"1.5", "1.5E0"},
        {".5", "5E-1"},
        {"1:30.5", "9.05E1"},
        {"08", "\"08\""},
        {"1.2.3", "\"1.2.3\""},
        {"y", "\"y\""},
        {"'1'", "\"1\""},
        {"\"yes\"", "\"yes\""},
        {"!!str 1", "\"1\""},
        {"!!float 1", "1E0"},
        {"2020-01-01", "\"2020-01-01\""},
        {"[1, a]", "[1,\"a\"]"},
        {"lr=0.1 seconds=5\n", "\"lr=0.1 seconds=5\""},
        {"- a", "[\"a\"]"},
        {"-a  b\n", "\"-a  b\""},
        {"---", "null"},
        {"-1e2 \n", "-1E2"},
        {"a b # c", "\"a b\""},
        {"1 2\n", "\"1 2\""},
        {"n\n", "\"n\""},
        {"0", "0"},
        {"-0", "0"},
        {"99999999999999999999", "{\"\\u0000integer\":\"99999999999999999999\"}"},
        {"{a: 1, 2: b}", "{\"a\":1,\"2\":\"b\"}"},
        {"a: &x [1]\nb: *x\n", "{\"a\":[1],\"b\":[1]}"},
        {"a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n",
         "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"q\":3,\"p\":1}}"},
        {"- &x {p: 1}\n- &y {p: 2, r: 3}\n- {<<: [*x, *y]}\n",
         "[{\"p\":1},{\"p\":2,\"r\":3},{\"p\":1,\"r\":3}]"},
    };
    for (const auto& [text, expected] : cases) {
        const auto got = read_yaml(text, "t.yml");
        BOOST_REQUIRE_MESSAGE(got.has_value(), text << ": " << got.error().context);
        BOOST_TEST(json::serialize(*got) == expected);
    }
}

BOOST_AUTO_TEST_CASE(an_error_says_the_file_the_line_and_the_column) {
    const std::pair<const char*, const char*> cases[] = {
        {"a: 1\nb: [1, 2\n", "t.yml:3:1: "},
        {"a: 1\n  b: 2\n", "t.yml:2:4: "},
        {"a: 1\nb: !thing 2\n", "t.yml:2:4: the tag '!thing' cannot be used here"},
        {"a: {<<: 1}\n", "t.yml:1:9: '<<' takes a mapping"},
        {"a: *nowhere\n", "t.yml:1:4: "},
        {"[a]: 1\n", "t.yml:1:1: a key must be text"},
        {"a: 1\n---\nb: 2\n", "t.yml: more than one YAML document"},
        {"a: \"x\nb: 1\n", "t.yml: a quotation mark is not closed (line 1)"},
        {"a: 1\nb: 'x", "t.yml:2:6: illegal EOF in scalar"},
        {"a: &x [*x]\n", "t.yml:1:8: "},
    };
    for (const auto& [text, start] : cases) {
        const auto got = read_yaml(text, "t.yml");
        BOOST_REQUIRE_MESSAGE(got.has_error(), text);
        BOOST_CHECK(got.error().kind() == errc::bad_input);
        BOOST_TEST(got.error().context.starts_with(start),
                   text << " gave: " << got.error().context);
    }
}

BOOST_AUTO_TEST_CASE(depth_and_size_are_bounded) {
    BOOST_TEST(read_yaml(std::string(100'000, '['), "t").has_error());
    std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'k'; ++c) {
        bomb += std::string(1, c) + ": &" + c + " [";
        for (int i = 0; i < 10; ++i) {
            bomb += std::string(i > 0 ? ", " : "") + "*" + static_cast<char>(c - 1);
        }
        bomb += "]\n";
    }
    const auto got = read_yaml(bomb, "t");
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST(got.error().context.find("too many values") != std::string::npos);
    BOOST_TEST(read_yaml(std::string(5 << 20, ' '), "t").has_error());
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_named) {
    const auto got = load_yaml("/nowhere/guild.yml", "guild.yml");
    BOOST_REQUIRE(got.has_error());
    BOOST_TEST(got.error().context == "cannot read /nowhere/guild.yml: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
