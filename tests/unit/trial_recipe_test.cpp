#include "engine/flags/run_label.hpp"
#include "engine/flags/trial_recipe.hpp"
#include "engine/json/described_json.hpp"
#include "engine/text/flat_mapping.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>

using namespace outrider;

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(trial_recipes)

BOOST_AUTO_TEST_CASE(a_recipe_that_travelled_makes_the_same_trial) {
    const trial_recipe recipe{
        .command = {.words = {"${python_exe}", "-um", "m", "--seed", "${seed}", flag_args},
                    .dash_joins = true,
                    .flags = {{"fast", {.arg_switch = true, .arg_switch_off = "slow"}},
                              {"opt",
                               {.arg_name = "o",
                                .arg_encoding = {{.text = "sgd", .value = "sgd", .given = 7}},
                                .env_name = "OPT"}},
                              {"layers", {.arg_split = true}}},
                    .env = {{"RATE", "${rate}"}},
                    .project = "/p"},
        .usual_label = "r${rate|%.2f}",
        .tags = {"a", "b", "a"},
        .directory = "/p"};
    const flag_map flags{{"fast", false},    {"layers", "1 2"}, {"opt", "sgd"},
                         {"rate", 0.123456}, {"seed", 3},       {"none", nullptr}};
    const auto there = protocol::decode<trial_recipe>(protocol::encode(recipe));
    BOOST_REQUIRE(there);
    for (const auto& each : {recipe, *there}) {
        const auto trial = make_trial(each, flags, {{"FLAG_SEED", "3"}}).value();
        const std::vector<std::string> expected{
            "${python_exe}", "-um", "m",      "--seed",  "3", "--slow", "--layers", "1", "2",
            "--o",           "7",   "--rate", "0.123456"};
        BOOST_TEST(trial.command == expected, boost::test_tools::per_element());
        BOOST_TEST(trial.shown == "fast=no, layers='1 2', opt=sgd, rate=0.123456, seed=3");
        BOOST_TEST(trial.attributes.at("label") == "a b r0.12\n");
        BOOST_TEST(trial.environment.at("RATE") == "0.123456");
        BOOST_TEST(trial.environment.at("OPT") == "sgd");
        BOOST_TEST(!trial.environment.contains("FLAG_SEED"));
        BOOST_TEST(trial.attributes.at("flags") ==
                   "fast: false\nlayers: 1 2\nnone: null\nopt: sgd\nrate: 0.123456\nseed: 3\n");
    }
    BOOST_TEST(make_trial({.command = {.words = {"x", "${nope}"}}}, flags, {}).error().context ==
               "invalid setting for operation: command contains invalid reference 'nope'");
}

BOOST_AUTO_TEST_CASE(labels_take_formats_of_numbers_and_nothing_else) {
    const flag_map flags{{"x", 0.5}, {"n", 7}, {"t", "text"}};
    const std::pair<const char*, const char*> cases[] = {
        {"${x|%.3f}", "0.500"},  {"${n|%04d}", "0007"}, {"${n|%x}", "7"},
        {"${t|%6s}", "  text"},  {"${x|%d}", "0.5"},    {"${t|%.2f}", "text"},
        {"${x|%n}", "0.5"},      {"${x|%s%s}", "0.5"},  {"${x|%*f}", "0.5"},
        {"${x|%99999f}", "0.5"}, {"${n|%}", "7"},       {"${x|%e}", "5.000000e-01"},
    };
    for (const auto& [text, label] : cases) {
        BOOST_TEST(label_from(text, flags, "/p") == label, text);
    }
}

BOOST_AUTO_TEST_CASE(mappings_come_back_as_they_were_written) {
    const json::object flags{{"a", 1},
                             {"b", 0.1},
                             {"c", "text with: colon"},
                             {"d", "it's"},
                             {"e", nullptr},
                             {"f", true},
                             {"g", "1"},
                             {"h", "\xc3\xa9\n\ttab"},
                             {"i", -1e-20},
                             {"j", ""},
                             {"k k", "yes"},
                             {"l", "x" + std::string(20, 'y')}};
    const auto read = read_flat_mapping(yaml_text(flags));
    for (const auto& member : flags) {
        const auto found = read.find(member.key());
        BOOST_REQUIRE_MESSAGE(found != read.end(), member.key());
        BOOST_TEST((found->second == member.value()), member.key());
    }
    BOOST_TEST(read.size() == flags.size());
}

BOOST_AUTO_TEST_CASE(what_is_no_flat_mapping_is_left_out) {
    const auto read = read_flat_mapping("a: [1, 2]\n"
                                        "b:\n"
                                        "- 1\n"
                                        "c: long\n"
                                        "  text\n"
                                        "d: 'open\n"
                                        "  quote'\n"
                                        "no line\n"
                                        "e: 2\r\n"
                                        "f: 3\n");
    BOOST_TEST(read.size() == 2U);
    BOOST_TEST((read.at("f") == 3));
    BOOST_TEST(read_flat_mapping("{}\n").empty());
    BOOST_TEST(read_flat_mapping("").empty());
}

BOOST_AUTO_TEST_SUITE_END()
