#include "engine/json/described_json.hpp"
#include "engine/scalars/scalar_series.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace outrider;

BOOST_AUTO_TEST_SUITE(scalar_series_of_a_run)

BOOST_AUTO_TEST_CASE(first_last_least_and_greatest_keep_their_steps) {
    scalar_series series;
    for (const auto& [step, value] : {std::pair{1, 4.0}, {2, 1.0}, {3, 7.0}, {4, 2.0}}) {
        series.add(step, value);
    }
    const auto got = series.summary("loss");
    BOOST_TEST(got.tag == "loss");
    BOOST_TEST(got.first == 4);
    BOOST_TEST(got.first_step == 1);
    BOOST_TEST(got.last == 2);
    BOOST_TEST(got.last_step == 4);
    BOOST_TEST(got.least == 1);
    BOOST_TEST(got.least_step == 2);
    BOOST_TEST(got.greatest == 7);
    BOOST_TEST(got.greatest_step == 3);
    BOOST_TEST(got.mean == 3.5);
    BOOST_TEST(got.count == 4);
}

BOOST_AUTO_TEST_CASE(steps_decide_not_the_order_and_of_equal_steps_the_later_is_last) {
    scalar_series series;
    series.add(5, 1);
    series.add(2, 2);
    series.add(5, 3);
    series.add(2, 4);
    BOOST_TEST(series.first == 2);
    BOOST_TEST(series.last == 3);
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_told_but_not_compared) {
    const double nan = std::nan("");
    scalar_series series;
    series.add(1, nan);
    BOOST_TEST(std::isnan(series.summary("x").least));
    BOOST_TEST(std::isnan(series.summary("x").mean));
    series.add(2, 3);
    series.add(3, nan);
    const auto got = series.summary("x");
    BOOST_TEST(got.least == 3);
    BOOST_TEST(got.greatest == 3);
    BOOST_TEST(got.mean == 3);
    BOOST_TEST(std::isnan(got.last));
    BOOST_TEST(got.count == 3);
}

BOOST_AUTO_TEST_CASE(files_add_up_as_if_they_were_one) {
    scalar_series one;
    scalar_series first;
    scalar_series second;
    for (int step = 0; step < 10; ++step) {
        const double value = (step * 7) % 5;
        one.add(step, value);
        (step < 4 ? first : second).add(step, value);
    }
    first.add(second);
    first.add(scalar_series());
    BOOST_TEST(protocol::encode(first) == protocol::encode(one));
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_survive_json) {
    scalar_series series;
    series.add(1, -INFINITY);
    series.add(2, std::nan(""));
    const auto again = protocol::decode<scalar_series>(protocol::encode(series));
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->first == -INFINITY);
    BOOST_TEST(std::isnan(again->last));
    BOOST_TEST(!protocol::decode<scalar_series>(R"({"first": "many"})").has_value());
}

BOOST_AUTO_TEST_CASE(a_person_names_a_scalar_with_or_without_its_directory) {
    std::vector<scalar_summary> all(4);
    all[0].tag = "acc";
    all[1].tag = "train#loss";
    all[2].tag = "val#loss";
    all[3].tag = "a/b#sys/cpu";
    const std::pair<const char*, const char*> cases[] = {
        {"acc", "acc"},           {"loss", "train#loss"},         {"val#loss", "val#loss"},
        {"val/loss", "val#loss"}, {"a/b/sys/cpu", "a/b#sys/cpu"}, {"sys/cpu", "a/b#sys/cpu"},
        {"v#loss", "val#loss"},   {"#loss", "train#loss"},        {"#acc", "acc"}};
    for (const auto& [name, tag] : cases) {
        const auto* found = find_scalar(all, name);
        BOOST_REQUIRE_MESSAGE(found != nullptr, name);
        BOOST_TEST(found->tag == tag);
    }
    BOOST_TEST((find_scalar(all, "los") == nullptr));
    BOOST_TEST((find_scalar(all, "nowhere#loss") == nullptr));
    BOOST_TEST((find_scalar({}, "loss") == nullptr));
}

BOOST_AUTO_TEST_CASE(scalars_of_the_system_are_not_shown_unless_asked_for) {
    BOOST_TEST(is_shown_by_default("loss"));
    BOOST_TEST(is_shown_by_default("train#loss"));
    BOOST_TEST(is_shown_by_default("sys#loss"));
    BOOST_TEST(!is_shown_by_default("sys/cpu"));
    BOOST_TEST(!is_shown_by_default("train#sys/cpu"));
}

BOOST_AUTO_TEST_SUITE_END()
