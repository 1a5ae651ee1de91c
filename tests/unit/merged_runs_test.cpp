#include "engine/commands/choosing/merged_runs.hpp"
#include "engine/commands/several/fan_out.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace std::chrono_literals;

namespace {

remote_runs part(const char* remote, clock_offset clock,
                 std::vector<std::pair<const char*, std::optional<std::int64_t>>> runs) {
    remote_runs out{.remote = remote, .chosen = {}, .clock = clock};
    for (const auto& [id, started_us] : runs) {
        out.chosen.rows.push_back({.id = id, .started_us = started_us});
    }
    return out;
}

std::string order_of(const std::vector<merged_run>& runs) {
    std::string text;
    for (const auto& each : runs) {
        text += each.row.held_by + each.row.id + std::to_string(each.row.index) + " ";
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(runs_of_several_remotes)

BOOST_AUTO_TEST_CASE(they_are_newest_first_and_counted_together) {
    const auto all = merge_runs({part("a", {}, {{"x", 300}, {"y", 100}, {"z", {}}}),
                                 part("b", {}, {{"v", 200}, {"w", {}}})});
    BOOST_TEST(order_of(all) == "ax1 bv2 ay3 az4 bw5 ");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_surely_ahead_is_set_right) {
    const auto all = merge_runs({part("a", {.ahead = 500us, .uncertainty = 10us}, {{"x", 1000}}),
                                 part("b", {.ahead = 0us, .uncertainty = 10us}, {{"y", 700}})});
    BOOST_TEST(order_of(all) == "by1 ax2 ");
    BOOST_TEST(all[1].row.started_us.value() == 500);
}

BOOST_AUTO_TEST_CASE(an_offset_that_may_be_an_error_is_none) {
    const auto all = merge_runs({part("a", {.ahead = 500us, .uncertainty = 500us}, {{"x", 1000}}),
                                 part("b", {}, {{"y", 700}})});
    BOOST_TEST(order_of(all) == "ax1 by2 ");
    BOOST_TEST(all[0].row.started_us.value() == 1000);
}

BOOST_AUTO_TEST_CASE(questions_of_several_become_one) {
    question of_b{.kind = question_kind::stop, .remote = "b"};
    of_b.runs = {{.id = "y", .held_by = "b"}};
    question of_a{.kind = question_kind::stop, .remote = "a"};
    of_a.runs = {{.id = "x", .held_by = "a"}};
    const auto one = merged_question({of_b, of_a});
    BOOST_TEST(one.remote == "");
    BOOST_TEST(one.remotes.size() == 2U);
    BOOST_TEST(one.remotes.at(0) == "a");
    BOOST_TEST(one.runs.size() == 2U);
    BOOST_TEST(one.runs.at(0).held_by == "a");
    const auto alone = merged_question({of_b});
    BOOST_TEST(alone.remote == "b");
    BOOST_TEST(alone.remotes.empty());
}

BOOST_AUTO_TEST_SUITE_END()
