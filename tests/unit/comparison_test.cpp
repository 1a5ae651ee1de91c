#include "engine/commands/comparing/comparison.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace outrider;
namespace json = boost::json;

namespace {

comparable_run a_run(std::string id, std::string operation, json::object flags = {},
                     std::vector<scalar_summary> scalars = {}) {
    comparable_run run;
    run.detail.row.id = std::move(id);
    run.detail.row.operation = std::move(operation);
    run.detail.row.state = run_state::completed;
    run.flags = std::move(flags);
    run.detail.scalars = std::move(scalars);
    run.columns = usual_columns(run, false);
    return run;
}

scalar_summary scalar(std::string tag, double last, std::int64_t step) {
    return {.tag = std::move(tag), .last = last, .last_step = step, .count = 1};
}

// The table as text: a row a line, cells by commas.
std::string shown(const runs_compared& compared) {
    std::string out;
    for (const auto& column : compared.columns) {
        out += column + ",";
    }
    for (const auto& row : compared.rows) {
        out += "\n";
        for (const auto& column : compared.columns) {
            const auto found = row.values.find(column);
            out += (found == row.values.end() ? "" : json::serialize(found->second)) + ",";
        }
    }
    return out;
}

std::string compared(const std::vector<comparable_run>& runs, const compare_command& how) {
    const auto& text = how.strict_columns.empty() ? how.columns : how.strict_columns;
    return shown(comparison_of(
        runs, text.empty() ? std::vector<run_column>() : parse_columns(text).value(), how));
}

} // namespace

BOOST_AUTO_TEST_SUITE(comparisons)

BOOST_AUTO_TEST_CASE(flags_come_before_scalars_and_each_heading_once) {
    const std::vector runs{
        a_run("a1", "train", {{"lr10", 1}, {"lr9", true}}, {scalar("loss", 0.5, 7)}),
        a_run("b2", "test", {{"x", nullptr}},
              {scalar("acc", 1, 3), scalar("val#acc", 2, 4), scalar("sys/cpu", 9, 9)})};
    BOOST_TEST(compared(runs, {.skip_core = true}) == "run,lr9,lr10,step,loss,x,acc,\n"
                                                      "\"a1\",true,1,7,5E-1,,,\n"
                                                      "\"b2\",,,3,,,1E0,");
}

BOOST_AUTO_TEST_CASE(the_step_is_that_of_the_loss) {
    const auto columns =
        usual_columns(a_run("a", "t", {}, {scalar("acc", 1, 3), scalar("loss", 1, 4)}), false);
    BOOST_REQUIRE(columns.size() == 3U);
    BOOST_TEST(columns[0].heading == "step");
    BOOST_TEST(columns[0].name == "loss");
    BOOST_TEST(usual_columns(a_run("a", "t", {}, {scalar("sys/x", 1, 3)}), false).empty());
    BOOST_TEST(usual_columns(a_run("a", "t", {}, {scalar("sys/x", 1, 3)}), true).size() == 2U);
}

BOOST_AUTO_TEST_CASE(of_one_heading_the_first_value_counts_and_later_groups_win) {
    std::vector runs{a_run("a", "t", {{"x", 1}, {"y", 2}})};
    BOOST_TEST(compared(runs, {.strict_columns = "=none as v, =x as v, =y as v"}) ==
               "run,v,\n\"a\",1,");
    BOOST_TEST(compared(runs, {.columns = "=y as x", .skip_core = true}) == "run,x,y,\n\"a\",2,2,");
    BOOST_TEST(compared(runs, {.columns = "=none as x", .skip_core = true}) ==
               "run,x,y,\n\"a\",1,2,");
}

BOOST_AUTO_TEST_CASE(rows_are_sorted_by_a_heading_and_those_without_a_value_are_last) {
    const std::vector runs{a_run("a", "t", {}, {scalar("loss", 2, 1)}), a_run("b", "t"),
                           a_run("c", "t", {}, {scalar("loss", std::nan(""), 1)}),
                           a_run("d", "t", {}, {scalar("loss", 1, 1)}),
                           a_run("e", "t", {}, {scalar("loss", 2, 1)})};
    const auto order = [&](compare_command how) {
        how.strict_columns = "loss as l";
        std::string out;
        for (const auto& row : comparison_of(runs, parse_columns("loss as l").value(), how).rows) {
            out += row.id;
        }
        return out;
    };
    BOOST_TEST(order({.min = "l"}) == "daebc");
    BOOST_TEST(order({.max = "l"}) == "aedbc");
    BOOST_TEST(order({.limit = 2, .max = "l"}) == "ae");
    BOOST_TEST(order({.max = "loss"}) == "abcde"); // there is no such heading
}

BOOST_AUTO_TEST_CASE(a_longer_time_is_greater_whatever_its_text) {
    auto longer = a_run("a", "t");
    auto shorter = a_run("b", "t");
    longer.detail.row.started_us = shorter.detail.row.started_us = 0;
    longer.detail.row.stopped_us = 36'000'000'000; // 10:00:00
    shorter.detail.row.stopped_us = 32'461'000'000;
    const auto made = comparison_of({shorter, longer}, {}, {.max = "time"});
    BOOST_TEST(made.rows[0].values.at("time").as_string() == "10:00:00");
    BOOST_TEST(made.rows[1].values.at("time").as_string() == "9:01:01");
}

BOOST_AUTO_TEST_CASE(what_is_the_same_everywhere_can_be_left_out) {
    const std::vector runs{a_run("a", "t", {{"x", 1}, {"y", 2}}),
                           a_run("b", "t", {{"x", 1}, {"y", 3}})};
    BOOST_TEST(compared(runs, {.skip_core = true, .skip_unchanged = true}) ==
               "run,y,\n\"a\",2,\n\"b\",3,");
    BOOST_TEST(compared({runs[0]}, {.skip_core = true, .skip_unchanged = true}) ==
               "run,x,y,\n\"a\",1,2,");
}

BOOST_AUTO_TEST_CASE(who_holds_a_run_stands_behind_it) {
    auto run = a_run("a", "t");
    run.detail.row.held_by = "gpu1";
    BOOST_TEST(compared({run, a_run("b", "t")}, {.skip_core = true}) ==
               "run,remote,\n\"a\",\"gpu1\",\n\"b\",,");
}

BOOST_AUTO_TEST_CASE(a_batch_is_called_after_its_trials) {
    auto batch = a_run("a", "+");
    batch.add({.proto = "guildfile:/p/guild.yml 1 '' train"});
    BOOST_TEST(batch.detail.row.operation == "train+");
    auto search = a_run("a", "skopt:gp");
    search.add({.proto = "guildfile:/p/guild.yml 1 '' train"});
    BOOST_TEST(search.detail.row.operation == "train+skopt:gp");
}

BOOST_AUTO_TEST_CASE(only_files_of_the_run_are_asked_for) {
    const auto columns =
        parse_columns(".label, .exit_status, .random_seed, =x, loss, .time").value();
    BOOST_TEST((attributes_in(columns) == std::set<std::string>{"exit_status", "random_seed"}));
    BOOST_TEST(comparison_of({}, columns, {}).columns.empty());
}

BOOST_AUTO_TEST_SUITE_END()
