#include "engine/commands/editing/edit_rules.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

using texts = std::vector<std::string>;

struct label_case {
    const char* label;
    label_change change;
    const char* text;
    const char* edited;
};

struct sync_case {
    const char* label;
    texts before;
    texts after;
    const char* edited;
};

} // namespace

BOOST_AUTO_TEST_SUITE(edit_rules)

BOOST_AUTO_TEST_CASE(a_label_is_edited) {
    const label_case cases[] = {
        {"", label_change::set, "new", "new"},
        {"old", label_change::set, " a  b ", "a  b"},
        {"old", label_change::set, "", ""},
        {"old", label_change::prepend, "new", "new old"},
        {"", label_change::prepend, "new", "new"},
        {"old", label_change::append, "new", "old new"},
        {"", label_change::append, "new", "new"},
        {"old", label_change::append, "", "old"},
        {"a b c", label_change::remove, "b", "a c"},
        {"a b", label_change::remove, "b", "a"},
        {"b a", label_change::remove, "b", "a"},
        {"a b a", label_change::remove, "a", "b"},
        {"a", label_change::remove, "a", ""},
        {"a  b", label_change::remove, "x", "a  b"},
        {"a  b", label_change::remove, "", "a  b"},
        {"lr=0.1 x", label_change::remove, "lr=0.1 x", ""},
        {"keep the kee", label_change::remove, "kee", "keep the"},
        {"keep", label_change::remove, "kee", "keep"},
        {"a b c", label_change::remove, "b c", "a"},
        {"a", label_change::clear, "", ""},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.label << " / " << each.text) {
            BOOST_TEST(edited_label(each.label, each.change, each.text) == each.edited);
        }
    }
}

BOOST_AUTO_TEST_CASE(tags_are_sorted_and_each_stands_once) {
    const texts old{"b", "c"};
    BOOST_TEST(edited_tags(old, {.add = {"c", "a"}}) == (texts{"a", "b", "c"}),
               boost::test_tools::per_element());
    BOOST_TEST(edited_tags(old, {.remove = {"b", "x"}}) == texts{"c"},
               boost::test_tools::per_element());
    BOOST_TEST(edited_tags(old, {.add = {"a"}, .clear = true}) == texts{"a"},
               boost::test_tools::per_element());
    BOOST_TEST(edited_tags(old, {.clear = true}).empty());
    BOOST_TEST(edited_tags(old, {.add = {"a"}, .remove = {"a"}}) == old,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(labels_follow_tags) {
    const sync_case cases[] = {
        {"lr=1", {}, {"a", "b"}, "a b lr=1"},
        {"a lr=1", {"a"}, {"b"}, "b lr=1"},
        {"lr=1", {"a"}, {"a"}, "lr=1"},
        {"a", {"a"}, {}, ""},
        {"ab a", {"a"}, {}, "ab"}, // words, not parts of words
        {"b x", {}, {"b"}, "b x"}, // it stands there already
        {"", {}, {"t"}, "t"},
        {"two  spaces", {"x"}, {}, "two  spaces"},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.label) {
            BOOST_TEST(label_for_tags(each.label, each.before, each.after) == each.edited);
        }
    }
}

BOOST_AUTO_TEST_CASE(comments_of_another_shape_are_left_out) {
    const auto value = boost::json::parse(
        R"([{"body":"a","host":"h","user":"u","time":5}, 7, {"body":null}, {"body":"b"}])");
    const auto comments = comments_of(value);
    BOOST_REQUIRE_EQUAL(comments.size(), 3U);
    BOOST_TEST(comments[0].body == "a");
    BOOST_TEST(comments[0].user == "u");
    BOOST_TEST(comments[0].time_us == 5);
    BOOST_TEST(comments[1].body == "");
    BOOST_TEST(comments[2].body == "b");
    BOOST_TEST(comments_of("text").empty());
    BOOST_TEST(strings_of(boost::json::parse(R"(["a", 1, "b"])")) == (texts{"a", "b"}),
               boost::test_tools::per_element());
    BOOST_TEST(strings_of(nullptr).empty());
}

BOOST_AUTO_TEST_SUITE_END()
