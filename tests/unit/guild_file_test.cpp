#include "engine/project/guild_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;
namespace json = boost::json;

namespace {

guild_file load(std::string_view yaml) {
    const testing::temporary_directory scratch;
    scratch.write("guild.yml", yaml);
    auto file = load_guild_file(scratch.path().native());
    BOOST_REQUIRE_MESSAGE(file.has_value(), file.error().context);
    BOOST_REQUIRE(file->has_value());
    return std::move(**file);
}

std::string error_of(std::string_view yaml) {
    const testing::temporary_directory scratch;
    const std::string path = scratch.write("guild.yml", yaml);
    const auto file = load_guild_file(scratch.path().native());
    if (file) {
        return "no error";
    }
    const std::string& text = file.error().context;
    BOOST_TEST(text.starts_with(path), text);
    return text.substr(std::min(path.size(), text.size()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(guild_files)

BOOST_AUTO_TEST_CASE(a_plain_mapping_is_operations) {
    const auto file = load("train:\n"
                           "  description: trains\n"
                           "  default: yes\n"
                           "  flags-dest: global:params\n"
                           "  label: ${lr}\n"
                           "prepare-data: null\n"
                           "short: pkg.mod --x 1\n");
    BOOST_TEST(file.package == "");
    BOOST_TEST(file.default_model == "");
    const auto* train = find_operation(file, "").value();
    BOOST_TEST(train->name == "train");
    BOOST_TEST(train->main == "train");
    BOOST_TEST(train->flags_dest == "global:params");
    BOOST_TEST(train->label == "${lr}");
    BOOST_TEST(find_operation(file, "prepare-data").value()->main == "prepare_data");
    BOOST_TEST(find_operation(file, "short").value()->main == "pkg.mod --x 1");
    BOOST_TEST(find_operation(file, "nope").error().context ==
               "operation 'nope' is not defined for this project\n"
               "Try '{program} operations' for a list of available operations.");
}

BOOST_AUTO_TEST_CASE(the_full_form_has_packages_models_and_inheritance) {
    const auto file = load("- package: hello\n"
                           "  version: 0.1\n"
                           "- config: shared\n"
                           "  flags: {lr: 0.1, n: {default: 3, type: int}}\n"
                           "- config: model-defaults\n"
                           "  sourcecode: {dest: src, select: [exclude: '*.md']}\n"
                           "  operations:\n"
                           "    base: {main: base, flags: {b: 1}}\n"
                           "- model: m\n"
                           "  extends: model-defaults\n"
                           "  operations:\n"
                           "    train:\n"
                           "      main: train\n"
                           "      flags: {$include: [shared, base], lr: 0.5}\n"
                           "      sourcecode: [include: data.csv]\n"
                           "- operations:\n"
                           "    other: {}\n"
                           "- test: t\n");
    BOOST_TEST(file.package == "hello");
    BOOST_TEST(file.package_version == "0.1");
    const auto* train = find_operation(file, "m:train").value();
    BOOST_TEST(find_operation(file, "train").value() == train);
    BOOST_TEST(train->full_name() == "m:train");
    BOOST_TEST(train->flags.size() == 3U);
    BOOST_TEST(train->find_flag("lr")->default_value.get_double() == 0.5);
    BOOST_TEST(train->find_flag("n")->type == "int");
    BOOST_TEST(train->sourcecode.dest == "src");
    BOOST_REQUIRE_EQUAL(train->sourcecode.rules.size(), 2U);
    BOOST_TEST(!train->sourcecode.rules[0].include);
    BOOST_TEST(train->sourcecode.rules[1].pattern == "data.csv");
    BOOST_TEST(find_operation(file, "m:base").has_value());
    BOOST_TEST(find_operation(file, "other").value()->model == "");
    BOOST_TEST(load("- model: only\n  operations: {a: {}}\n").default_model == "only");
}

BOOST_AUTO_TEST_CASE(patterns_alone_select_only_what_they_name) {
    const auto file = load("a: {sourcecode: '*.py'}\nb: {sourcecode: no}\n");
    const auto& rules = find_operation(file, "a").value()->sourcecode.rules;
    BOOST_REQUIRE_EQUAL(rules.size(), 2U);
    BOOST_TEST(!rules[0].include);
    BOOST_TEST(rules[1].pattern == "*.py");
    BOOST_TEST(find_operation(file, "b").value()->sourcecode.disabled);
}

BOOST_AUTO_TEST_CASE(what_does_not_make_sense_is_named) {
    const std::pair<const char*, const char*> cases[] = {
        {"a:\n  b: [\n", ":3:1: "},
        {"text\n", ":1:1: expected operations"},
        {"- text\n", ": expected 'model:', 'package:', 'config:' or 'operations:' items"},
        {"- {x: 1}\n", ": an item is neither"},
        {"- include: other.yml\n", ": 'include' is not supported yet"},
        {"a: 1\n", ": operation 'a': expected a mapping"},
        {"a: {flags: [x]}\n", ": operation 'a': flags must be a mapping of names"},
        {"a: {flags: {x: {min: low}}}\n", ": operation 'a': flag 'x': min must be a number"},
        {"a: {flags: {x: {choices: y}}}\n", ": operation 'a': flag 'x': choices must be a list"},
        {"a: {flags: {$include: zz}}\n", ": operation 'a': flags: '$include' names 'zz'"},
        {"a: {flags: {$include: a}}\n", ": operation 'a': flags: '$include' goes in a circle"},
        {"a: {steps: [b]}\n", ": operation 'a': 'steps' is not supported yet"},
        {"a: {exec: \"x 'y\"}\n", ": operation 'a': exec is no command line"},
        {"a: {sourcecode: {dest: ../x}}\n", ": operation 'a': sourcecode: dest must stay below"},
        {"a: {sourcecode: [{take: x}]}\n", ": operation 'a': sourcecode: unknown rule 'take'"},
        {"a: {env: x}\n", ": operation 'a': env must be a mapping"},
        {"- model: m\n  extends: zz\n", ""},
    };
    for (const auto& [yaml, expected] : cases) {
        if (*expected == '\0') {
            const testing::temporary_directory scratch;
            scratch.write("guild.yml", yaml);
            BOOST_TEST(load_guild_file(scratch.path().native()).error().context ==
                       "cannot find 'zz' in " + scratch / "guild.yml");
            continue;
        }
        const std::string got = error_of(yaml);
        BOOST_TEST(got.starts_with(expected), yaml << " gave: " << got);
    }
}

BOOST_AUTO_TEST_CASE(a_directory_without_guild_yml_has_no_project) {
    const testing::temporary_directory scratch;
    BOOST_TEST(!load_guild_file(scratch.path().native()).value().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
