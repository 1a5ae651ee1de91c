#include "engine/agent/children/unified_diff.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider::agent;

namespace {

std::string joined_diff(const std::string& from, const std::string& to) {
    std::string out;
    for (const auto& line : unified_diff(from, to, "a", "b")) {
        out += line + "|";
    }
    return out;
}

std::string numbered_lines(int count, int changed = -1) {
    std::string out;
    for (int i = 0; i < count; ++i) {
        out += (out.empty() ? "" : "\n") + (i == changed ? "x" : std::to_string(i));
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(unified_diffs)

// As Python's `difflib.unified_diff` gives them for the same lines.
BOOST_AUTO_TEST_CASE(differences_come_with_three_lines_around_them) {
    const std::pair<std::pair<std::string, std::string>, std::string> cases[] = {
        {{"a\n", "a\n"}, ""},
        {{"", ""}, ""},
        {{"rye 3\n", "rye 2\n"}, "--- a\n|+++ b\n|@@ -1,2 +1,2 @@\n|-rye 3|+rye 2| |"},
        {{"a", "b"}, "--- a\n|+++ b\n|@@ -1 +1 @@\n|-a|+b|"},
        {{"a\nb", "b"}, "--- a\n|+++ b\n|@@ -1,2 +1 @@\n|-a| b|"},
        {{"b", "a\nb"}, "--- a\n|+++ b\n|@@ -1 +1,2 @@\n|+a| b|"},
        {{numbered_lines(9), numbered_lines(9, 4)},
         "--- a\n|+++ b\n|@@ -2,7 +2,7 @@\n| 1| 2| 3|-4|+x| 5| 6| 7|"},
    };
    for (const auto& [texts, wanted] : cases) {
        BOOST_TEST(joined_diff(texts.first, texts.second) == wanted);
    }
}

BOOST_AUTO_TEST_CASE(changes_that_are_far_apart_are_hunks_of_their_own) {
    std::string to = numbered_lines(30);
    to.replace(to.find("\n2\n"), 3, "\ny\n");
    to.replace(to.find("\n20\n"), 4, "\nz\n");
    const auto diff = joined_diff(numbered_lines(30), to);
    BOOST_TEST(diff.find("@@ -1,6 +1,6 @@\n| 0| 1|-2|+y| 3| 4| 5|@@ -18,7 +18,7 @@\n| 17|") !=
               diff.npos);
}

BOOST_AUTO_TEST_CASE(large_texts_are_one_block) {
    const auto diff = unified_diff(numbered_lines(5'000), numbered_lines(5'000, 7), "a", "b");
    BOOST_TEST(diff.size() == 2U + 1U + 10'000U);
}

BOOST_AUTO_TEST_SUITE_END()
