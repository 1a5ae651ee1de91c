#include "engine/filters/run_filtering.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <ctime>
#include <map>

namespace {

using namespace outrider;
namespace json = boost::json;

json::value lookup(const value_name& name) {
    static const std::map<std::string, json::value> values{{"lr", 0.1},
                                                           {"epochs", 20},
                                                           {"model", "ResNet"},
                                                           {"digits", "12345678"},
                                                           {"answer", "yes"},
                                                           {"fast", true},
                                                           {"layers", json::array{"conv", "pool"}},
                                                           {"status", "completed"}};
    const auto found = values.find(name.name);
    return found == values.end() ? json::value(nullptr) : found->second;
}

BOOST_AUTO_TEST_SUITE(filters)

BOOST_AUTO_TEST_CASE(expressions_hold_as_they_read) {
    const std::pair<const char*, bool> cases[] = {
        {"lr = 0.1", true},
        {"lr = 1e-1", true},
        {"lr != 0.1", false},
        {"lr <> 0.2", true},
        {"lr<0.2", true},
        {"lr <= 0.1 and epochs >= 20", true},
        {"lr > 0.1 or epochs > 10", true},
        {"lr > 0.1 or epochs > 10 and model = x", false},
        {"(lr > 0.1 or epochs > 10) and model = ResNet", true},
        {"not lr > 0.1", true},
        {"not (lr = 0.1 or lr = 0.2)", false},
        {"model contains resn", true},
        {"model contains 'x'", false},
        {"layers contains CONV", true},
        {"model in [VGG, ResNet]", true},
        {"model not in [VGG, 'ResNet']", false},
        {"epochs in [10, 20]", true},
        {"epochs in []", false},
        {"absent is undefined", true},
        {"lr is undefined", false},
        {"lr is not undefined", true},
        {"absent = 1", false},
        {"absent != 1", true},
        {"absent > 1", false},
        {"absent contains 1", false},
        {"model != 1", true},
        {"digits = 12345678", true},
        {"digits = '12345678'", true},
        {"digits in [1, 12345678]", true},
        {"digits contains 345", true},
        {"answer = yes", true},
        {"answer = 'yes'", true},
        {"answer = true", false},
        {"epochs = '20'", false},
        {"epochs contains 2", true},
        {"absent not in [1]", true},
        {"fast = true", true},
        {"fast = yes", true},
        {"epochs < abc", false},
        {"model > 3", false},
        {"status = completed AND lr = 0.1", true},
        {"flag:lr = 0.1", true},
        {"model = \"ResNet\"", true},
    };
    for (const auto& [text, holds] : cases) {
        const auto read = filter_expression::parse(text);
        BOOST_TEST_REQUIRE(read.has_value(), text);
        BOOST_TEST(read->holds(lookup) == holds, text);
    }
}

BOOST_AUTO_TEST_CASE(an_expression_that_makes_no_sense_says_where) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "filter - unexpected end of expression"},
        {"lr", "filter - unexpected end of expression"},
        {"lr =", "filter - unexpected end of expression"},
        {"lr = 1 1", "at position 7: unexpected token 1"},
        {"(lr = 1", "filter - unexpected end of expression"},
        {"lr = 'a", "at position 5: the quote is not closed"},
        {"lr ! 1", "at position 3: unexpected token !"},
        {"and = 1", "at position 0: unexpected token and"},
        {"lr in 1", "at position 6: unexpected token 1"},
        {"lr in [1", "filter - unexpected end of expression"},
        {"lr not 1", "at position 7: unexpected token 1"},
        {"1 = lr", "at position 0: unexpected token 1"},
    };
    for (const auto& [text, part] : cases) {
        const auto read = filter_expression::parse(text);
        BOOST_TEST_REQUIRE(!read.has_value(), text);
        BOOST_TEST(read.error().context.find(part) != std::string::npos,
                   text << ": " << read.error().context);
    }
    BOOST_TEST(!filter_expression::parse(std::string(1000, '(')));
}

BOOST_AUTO_TEST_CASE(names_keep_their_scope) {
    const auto read =
        filter_expression::parse("attr:label = x and flag:lr < 1 and scalar:loss < 2");
    BOOST_TEST_REQUIRE(read.has_value());
    const auto names = read->names();
    BOOST_TEST_REQUIRE(names.size() == 3U);
    BOOST_TEST((names[0].scope == value_scope::attribute && names[0].name == "label"));
    BOOST_TEST((names[1].scope == value_scope::flag && names[1].name == "lr"));
    BOOST_TEST((names[2].scope == value_scope::scalar && names[2].name == "loss"));
}

BOOST_AUTO_TEST_CASE(operations_match_by_the_parts_that_are_given) {
    const opref packed{.pkg_type = "package", .pkg_name = "gpkg.x", .model = "m", .op = "train"};
    const std::pair<const char*, bool> cases[] = {
        {"train", true},          {"m:train", true},  {"gpkg.x/train", true},
        {"gpkg.x/m:train", true}, {"other", false},   {"n:train", false},
        {"gpkg.y/train", false},  {":train", false},  {"tr*", true},
        {"t?ain", true},          {"gpkg.*/*", true}, {"rain", false},
        {"^gpkg.*train$", true},  {"rain$", true},    {"^train", false},
    };
    for (const auto& [text, matches] : cases) {
        const auto pattern = operation_pattern::parse(text);
        BOOST_TEST_REQUIRE(pattern.has_value(), text);
        BOOST_TEST(pattern->matches(packed) == matches, text);
    }
    BOOST_TEST(!operation_pattern::parse("^(").has_value());
    const opref script{.pkg_type = "script", .pkg_name = "/project", .op = "src/train.py"};
    BOOST_TEST(operation_pattern::parse("src/train.py")->matches(script));
    BOOST_TEST(operation_pattern::parse("*.py")->matches(script));
    BOOST_TEST(!operation_pattern::parse("train.py")->matches(script));
}

// Wednesday, 2024-05-15 10:30:20 UTC.
constexpr std::int64_t now_us = 1'715'769'020'000'000;

std::int64_t at(const char* text) {
    std::tm when{};
    ::strptime(text, "%Y-%m-%d %H:%M:%S", &when);
    return static_cast<std::int64_t>(::timegm(&when)) * 1'000'000;
}

BOOST_AUTO_TEST_CASE(ranges_of_time_are_read_in_local_time_with_their_end_excluded) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    const struct {
        const char* text;
        const char* begin;
        const char* end;
    } cases[] = {
        {"after 5-1", "2024-05-01 00:00:00", nullptr},
        {"after 9:00", "2024-05-15 09:00:00", nullptr},
        {"before 2024-02-03 4:05", nullptr, "2024-02-03 04:05:00"},
        {"between 1-1 and 4-30", "2024-01-01 00:00:00", "2024-04-30 00:00:00"},
        {"between 4-30 and 1-1", "2024-01-01 00:00:00", "2024-04-30 00:00:00"},
        {"last hour", "2024-05-15 09:30:20", nullptr},
        {"last 2 hours", "2024-05-15 08:30:20", nullptr},
        {"last 30 min", "2024-05-15 10:00:20", nullptr},
        {"last 3 days", "2024-05-12 10:30:20", nullptr},
        {"today", "2024-05-15 00:00:00", "2024-05-16 00:00:00"},
        {"Yesterday", "2024-05-14 00:00:00", "2024-05-15 00:00:00"},
        {"this week", "2024-05-13 00:00:00", "2024-05-20 00:00:00"},
        {"this month", "2024-05-01 00:00:00", "2024-06-01 00:00:00"},
        {"this year", "2024-01-01 00:00:00", "2025-01-01 00:00:00"},
        {"last week", "2024-05-06 00:00:00", "2024-05-13 00:00:00"},
        {"2 days ago", "2024-05-13 00:00:00", "2024-05-14 00:00:00"},
        {"1 month ago", "2024-04-01 00:00:00", "2024-05-01 00:00:00"},
        {"2024-02-29", "2024-02-29 00:00:00", "2024-03-01 00:00:00"},
        {"24-02-29", "2024-02-29 00:00:00", "2024-03-01 00:00:00"},
        {"after yesterday", "2024-05-14 00:00:00", nullptr},
        {"before today", nullptr, "2024-05-15 00:00:00"},
        {"before 2 hours ago", nullptr, "2024-05-15 08:30:20"},
        {"after 5 minutes ago", "2024-05-15 10:25:20", nullptr},
        {"between 3 days ago and yesterday", "2024-05-12 00:00:00", "2024-05-14 00:00:00"},
        {"after this week", "2024-05-13 00:00:00", nullptr},
        {"before last month", nullptr, "2024-04-01 00:00:00"},
        {"after yesterday 9:00", "2024-05-14 09:00:00", nullptr},
        {"yesterday 9:00", "2024-05-14 09:00:00", "2024-05-14 09:01:00"},
        {"9:15", "2024-05-15 09:15:00", "2024-05-15 09:16:00"},
        {"5-2 9:15:30", "2024-05-02 09:15:30", "2024-05-02 09:15:31"},
    };
    for (const auto& c : cases) {
        const auto range = parse_time_range(c.text, now_us);
        BOOST_TEST_REQUIRE(range.has_value(), c.text);
        BOOST_TEST(range->begin.has_value() == (c.begin != nullptr), c.text);
        BOOST_TEST(range->end.has_value() == (c.end != nullptr), c.text);
        BOOST_TEST(range->begin.value_or(0) == (c.begin != nullptr ? at(c.begin) : 0), c.text);
        BOOST_TEST(range->end.value_or(0) == (c.end != nullptr ? at(c.end) : 0), c.text);
    }
    for (const char* text : {"", "soon", "after", "between 1-1", "last x hours", "3 parsecs ago",
                             "13-1", "25:00", "this", "9:15x", "1-1 2-2"}) {
        BOOST_TEST(!parse_time_range(text, now_us).has_value(), text);
    }
    const auto said = [](const char* text) {
        return parse_time_range(text, now_us).error().context;
    };
    BOOST_TEST(
        said("after soon").starts_with("invalid RANGE: unexpected 'soon' at position 6\nTry "));
    BOOST_TEST(said("between 1-1").starts_with("invalid RANGE: 'between 1-1' is incomplete\n"));
    BOOST_TEST(said(" ").starts_with("invalid RANGE: it is empty\n"));
}

// Every expression that the forms make is understood, and its ends are in order.
BOOST_AUTO_TEST_CASE(every_form_of_a_time_bounds_a_range) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    std::vector<std::string> times{"today", "yesterday", "2024-05-01", "24-05-01",      "5-1",
                                   "9:00",  "9:00:30",   "5-1 9:00",   "yesterday 9:00"};
    for (const char* of : {"min", "minute", "hour", "hr", "day", "week", "month", "year"}) {
        times.push_back(std::string("this ") + of);
        times.push_back(std::string("last ") + of);
        times.push_back(std::string("last 3 ") + of + "s");
        for (const char* count : {"0 ", "1 ", "12 "}) {
            times.push_back(std::string(count) + of + "s ago");
        }
    }
    for (const auto& one : times) {
        BOOST_TEST(parse_time_range(one, now_us).has_value(), one);
        const auto after = parse_time_range("after " + one, now_us);
        BOOST_TEST_REQUIRE(after.has_value(), one);
        BOOST_TEST((after->begin.has_value() && !after->end), one);
        const auto before = parse_time_range("BEFORE  " + one, now_us);
        BOOST_TEST_REQUIRE(before.has_value(), one);
        BOOST_TEST((before->end == after->begin && !before->begin), one);
        for (const auto& other : times) {
            const std::string text = "between " + one + " and " + other;
            const auto range = parse_time_range(text, now_us);
            BOOST_TEST_REQUIRE(range.has_value(), text);
            BOOST_TEST(*range->begin <= *range->end, text);
        }
    }
}

struct known_run {
    protocol::run_facts facts;
    run_row row;
};

bool passes(const run_filter& filter, const known_run& run,
            std::span<const scalar_summary> scalars = {}) {
    const auto filtering = run_filtering::parse(filter, now_us);
    BOOST_TEST_REQUIRE(filtering.has_value());
    const filtered_run one{.facts = run.facts, .row = run.row, .scalars = scalars};
    return filtering->keeps(one) && filtering->expressions_hold(one);
}

BOOST_AUTO_TEST_CASE(different_filters_must_all_hold_and_one_text_of_each) {
    known_run run;
    run.facts.opref = "guildfile:/p/guild.yml abc '' train";
    run.facts.attributes = {{"flags", "lr: 0.1\n"},
                            {"comments", "- body: Looks Good\n  host: h\n  time: 1\n  user: ann\n"},
                            {"sourcecode_digest", "abcdef\n"}};
    run.row.label = "lr=0.1 first";
    run.row.tags = {"a", "b"};
    run.row.state = run_state::error;
    run.row.started_us = now_us;
    BOOST_TEST(passes({}, run));
    BOOST_TEST(passes({.operations = {"x", "train"}}, run));
    BOOST_TEST(!passes({.operations = {"x"}}, run));
    BOOST_TEST(passes({.labels = {"x", "first"}}, run));
    BOOST_TEST(!passes({.labels = {"-"}}, run));
    BOOST_TEST(!passes({.unlabeled = true}, run));
    BOOST_TEST(passes({.tags = {"c", "b"}}, run));
    BOOST_TEST(!passes({.labels = {"first"}, .tags = {"c"}}, run));
    BOOST_TEST(passes({.comments = {"GOOD"}}, run));
    BOOST_TEST(passes({.comments = {"ANN"}}, run));
    BOOST_TEST(!passes({.comments = {"-"}}, run));
    BOOST_TEST(passes({.unmarked = true}, run));
    BOOST_TEST(!passes({.marked = true}, run));
    BOOST_TEST(passes({.started = "today"}, run));
    BOOST_TEST(!passes({.started = "yesterday"}, run));
    BOOST_TEST(passes({.digest = "abc"}, run));
    BOOST_TEST(!passes({.digest = "b"}, run));
    BOOST_TEST(passes({.states = {run_state::error, run_state::terminated}}, run));
    BOOST_TEST(!passes({.states = {run_state::completed}}, run));
    BOOST_TEST(!passes({.not_states = {run_state::error}}, run));
    BOOST_TEST(passes({.expressions = {"lr = 0.1", "status = error"}}, run));
    BOOST_TEST(!passes({.expressions = {"lr = 0.1", "status = completed"}}, run));
    const scalar_summary loss{.tag = "loss", .last = 0.5};
    BOOST_TEST(passes({.expressions = {"loss < 1"}}, run, {&loss, 1}));
    BOOST_TEST(!passes({.expressions = {"loss < 1"}}, run));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
