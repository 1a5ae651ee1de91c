#include "engine/commands/choosing/run_columns.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace outrider;
namespace json = boost::json;

namespace {

run_detail a_run() {
    run_detail run;
    run.row.id = "12345678abcdef";
    run.row.directory = "/home/ann/.guild/runs/12345678abcdef";
    run.row.operation = "train";
    run.row.label = "lr=0.1";
    run.row.tags = {"a", "b"};
    run.row.started_us = 1'000'000;
    run.row.stopped_us = 3'500'000;
    run.row.exit_status = 0;
    run.row.state = run_state::completed;
    run.command = {"python", "", "two words"};
    run.flags = {{"lr", "0.1"}, {"name", "'1'"}, {"on", "yes"}};
    run.scalars = {{.tag = "train#loss",
                    .last = 2,
                    .last_step = 9,
                    .first = 4,
                    .first_step = 1,
                    .least = 1,
                    .least_step = 5,
                    .greatest = 8,
                    .greatest_step = 3,
                    .mean = 2.5,
                    .count = 4},
                   {.tag = "bad", .last = std::nan("")}};
    return run;
}

std::string value(std::string_view column) {
    const auto parsed = parse_column(column);
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), column);
    return json::serialize(value_in(*parsed, a_run()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_columns)

BOOST_AUTO_TEST_CASE(a_column_is_a_flag_an_attribute_or_a_part_of_a_scalar) {
    const std::pair<const char*, const char*> cases[] = {{"=lr", "1E-1"},
                                                         {"=name", "\"1\""},
                                                         {"=on", "true"},
                                                         {"=none", "null"},
                                                         {".id", "\"12345678abcdef\""},
                                                         {".label", "\"lr=0.1\""},
                                                         {".started", "1000000"},
                                                         {".duration", "2.5E0"},
                                                         {".exit_status", "0"},
                                                         {".status", "\"completed\""},
                                                         {".vcs_commit", "null"},
                                                         {"loss", "2E0"},
                                                         {"train#loss", "2E0"},
                                                         {"last loss", "2E0"},
                                                         {"first loss", "4E0"},
                                                         {"min loss", "1E0"},
                                                         {"max loss", "8E0"},
                                                         {"avg loss", "2.5E0"},
                                                         {"mean loss", "2.5E0"},
                                                         {"total loss", "1E1"},
                                                         {"count loss", "4"},
                                                         {"loss step", "9"},
                                                         {"first loss step", "1"},
                                                         {"min loss step as where", "5"},
                                                         {"  max   loss  step ", "3"},
                                                         {"min", "null"},
                                                         {"bad", "null"}};
    for (const auto& [column, found] : cases) {
        BOOST_TEST(value(column) == found, column);
    }
    BOOST_TEST(parse_column("loss")->plain);
    BOOST_TEST(!parse_column("min loss")->plain);
    BOOST_TEST(!parse_column("=loss")->plain);
}

BOOST_AUTO_TEST_CASE(what_is_no_column_is_refused) {
    for (const char* text : {"", "  ", "=", ".", "a b c", "first a b", "=a b", "a, b", "a as", "a,",
                             "=\"a b\"", "\"a", "scalar:min loss", "a as b c"}) {
        BOOST_TEST(!parse_column(text).has_value(), text);
    }
    BOOST_TEST(parse_column("a,b").error().context ==
               "invalid col spec 'a,b': multiple cols not supported");
}

BOOST_AUTO_TEST_CASE(numbers_come_before_texts_in_their_order) {
    const json::value ordered[] = {-1, false, 0.5, true, 2, "10", "9", "a"};
    for (std::size_t i = 0; i < std::size(ordered); ++i) {
        for (std::size_t j = 0; j < std::size(ordered); ++j) {
            BOOST_TEST(column_less(ordered[i], ordered[j]) == (i < j), i << " and " << j);
        }
    }
}

BOOST_AUTO_TEST_CASE(attributes_are_printed_as_info_shows_them) {
    const auto run = a_run();
    protocol::run_facts facts;
    facts.attributes["objective"] = "max: accuracy\n";
    facts.attributes["tags"] = "- a\n- b\n";
    const std::pair<const char*, const char*> cases[] = {
        {"id", "12345678abcdef"},
        {"short_id", "12345678"},
        {"run_dir", "~/.guild/runs/12345678abcdef"},
        {"command", "python \"\" \"two words\""},
        {"exit_status", "0"},
        {"pid", ""},
        {"marked", "no"},
        {"tags", "- a\n- b"},
        {"status", "completed"},
        {"objective", "max: accuracy"}};
    for (const auto& [name, text] : cases) {
        BOOST_TEST(attribute_text(run, facts, name, "/home/ann").value_or("?") == text);
    }
    BOOST_TEST(!attribute_text(run, facts, "nothing", "").has_value());
    BOOST_TEST(attribute_text(run, facts, "run_dir", "/home/an").value() == run.row.directory);
}

BOOST_AUTO_TEST_SUITE_END()
