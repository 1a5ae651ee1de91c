#include "engine/runs/opref.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/shell_words.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(words_are_quoted_as_by_shlex) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "''"},
        {"a-b_c.d/e:f,g@h%i+j=k", "a-b_c.d/e:f,g@h%i+j=k"},
        {"a b", "'a b'"},
        {"it's", "'it'\"'\"'s'"},
        {"$x", "'$x'"},
        {"~", "'~'"},
        {"\xc3\xa9", "'\xc3\xa9'"},
    };
    for (const auto& [word, quoted] : cases) {
        BOOST_TEST(shell_quote(word) == quoted);
        BOOST_TEST(shell_split(quoted).value().size() == 1U);
        BOOST_TEST(shell_split(quoted).value()[0] == word);
    }
}

BOOST_AUTO_TEST_CASE(text_is_split_as_by_shlex) {
    using list = std::vector<std::string>;
    const std::pair<const char*, list> cases[] = {
        {"", {}},
        {"  a  b\tc\n", {"a", "b", "c"}},
        {"a\\ b 'c d'\"e f\"", {"a b", "c de f"}},
        {"\"a\\\"b\\\\c\\d\"", {"a\"b\\c\\d"}},
        {"'' x", {"", "x"}},
        {"a#b", {"a#b"}},
    };
    for (const auto& [text, expected] : cases) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(shell_split(text).value() == expected);
        }
    }
    for (const char* bad : {"'a", "\"a", "a\\", "\"a\\"}) {
        BOOST_TEST(shell_split(bad).has_error(), bad);
    }
}

BOOST_AUTO_TEST_CASE(oprefs_read_and_write_and_show) {
    const std::pair<const char*, const char*> cases[] = {
        {"guildfile:/abs/guild.yml 2bff9e099d8f8f1a7122db0c7166b016 '' sleep", "sleep"},
        {"package:gpkg.hello 0.1 '' hello-op", "gpkg.hello/hello-op"},
        {"package:hello 0.0.0 hello from-file", "hello/hello:from-file"},
        {"builtin:guildai 0.9.1 '' queue", "queue"},
        {"func:m '' '' train", "train()"},
        {"guildfile:'/a b/guild.yml' x m op", "m:op"},
        {"odd:x '' '' op", "?"},
    };
    for (const auto& [line, shown] : cases) {
        const auto ref = parse_opref(line);
        BOOST_REQUIRE_MESSAGE(ref.has_value(), line);
        BOOST_TEST(format_opref(*ref) == line);
        BOOST_TEST(operation_text(*ref) == shown);
    }
    BOOST_TEST(operation_text(parse_opref("pending:? ? ? sleep\n").value()) == "sleep");
    for (const char* bad : {"", "a:b c d", "a b c d", "a:b c d e f", "a:b c d 'e"}) {
        BOOST_TEST(parse_opref(bad).has_error(), bad);
    }
}

BOOST_AUTO_TEST_CASE(floats_and_strings_are_shown_as_by_python) {
    const std::pair<double, const char*> floats[] = {
        {0.0, "0.0"},           {-0.0, "-0.0"},    {1.0, "1.0"},
        {0.1, "0.1"},           {1e16, "1e+16"},   {1e15, "1000000000000000.0"},
        {1e-4, "0.0001"},       {1e-5, "1e-05"},   {1.5e-7, "1.5e-07"},
        {123.456, "123.456"},   {1e100, "1e+100"}, {5e-324, "5e-324"},
        {-2.5e+20, "-2.5e+20"},
    };
    for (const auto& [value, text] : floats) {
        BOOST_TEST(python_float(value) == text);
    }
    BOOST_TEST(python_string("a b") == "'a b'");
    BOOST_TEST(python_string("it's") == "\"it's\"");
    BOOST_TEST(python_string("'\"\n\x01") == "'\\'\"\\n\\x01'");
}

BOOST_AUTO_TEST_SUITE_END()
