// What operations require, in all the forms of a Guild file, and how flags choose it.
#include "engine/project/source_flags.hpp"
#include "engine/runs/path_rename.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;
using protocol::choice_rule;
namespace json = boost::json;

namespace {

operation_def operation(const std::string& required, const std::string& resources = "{}") {
    operation_def op{.name = "op", .model = "m"};
    op.requires_ = *read_yaml(required, "requires");
    op.resources = read_yaml(resources, "resources")->as_object();
    return op;
}

std::vector<resource_def> read(const operation_def& op,
                               const std::vector<std::string>& typed = {}) {
    auto out = read_requirements(op, typed);
    BOOST_REQUIRE_MESSAGE(out.has_value(), out.error().context);
    return std::move(*out);
}

std::string names(const std::vector<resource_def>& resources) {
    std::string out;
    for (const auto& resource : resources) {
        out += (out.empty() ? "" : "; ") + resource.name + ":";
        for (const auto& source : resource.sources) {
            out += " " + source.name;
        }
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(requirements)

BOOST_AUTO_TEST_CASE(forms_of_requirements_and_their_names) {
    const std::string resources = "t: [{file: a}, b]\n"
                                  "u: {path: in, sources: [c, {file: d, target-path: e}]}\n"
                                  "v: {file: f, name: n}\n";
    struct row {
        std::string required;
        std::string expected;
    };
    const row rows[] = {
        {"t", "t: file:a file:b"},
        {"m:t", "t: file:a file:b"},
        {"[u, v]", "u: file:c file:d; v: n"},
        {"{resource: u}", "u: file:c file:d"},
        {"file: x", "file:x: file:x"},
        {"[{file: x}, {config: y.yml}]", "file:x: file:x; config:y.yml: config:y.yml"},
        {"{file: x, name: n}", "n: n"},
        {"{file: x, flag-name: f}", "f: f"},
        {"{file: x, flag-name: no}", "file:x: file:x"},
        {"{sources: [x, {file: y}]}", "file:x,file:y: file:x file:y"},
        {"{name: both, sources: [x, {operation: y}]}", "both: file:x operation:y"},
        {"{url: 'http://h/a.csv'}", "http://h/a.csv: http://h/a.csv"},
        {"{module: json, name: n}", "n: n"},
        {"'file:x'", "file:x: file:x"},
    };
    for (const auto& [required, expected] : rows) {
        BOOST_TEST_CONTEXT(required) {
            BOOST_TEST(names(read(operation(required, resources))) == expected);
        }
    }
    const auto u = read(operation("u", resources)).front();
    BOOST_TEST(u.sources[0].choice.target_path == "in");
    BOOST_TEST(u.sources[1].choice.target_path == "e");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_resource_may_depend_on_a_flag) {
    auto op = operation("data-${kind}", "{data-a: {file: a}, data-b: {file: b}}");
    op.flags.push_back({.name = "kind", .default_value = "a"});
    BOOST_TEST(names(read(op)) == "data-a: file:a");
    BOOST_TEST(names(read(op, {"kind=b"})) == "data-b: file:b");
    const auto refused = read_requirements(op, {"kind=c"});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().context ==
               "invalid definition for operation 'm:op': resource 'data-c' required by operation "
               "'m:op' is not defined");
}

BOOST_AUTO_TEST_CASE(every_word_of_a_source_is_read) {
    const auto source = read(operation("{file: d, select-max: 'n-(.*)', rename: x, target-path: t, "
                                       "target-type: link, preserve-path: yes, optional: yes, "
                                       "warn-if-empty: no, fail-if-empty: yes, replace-existing: "
                                       "yes, always-resolve: yes, unpack: no, type: zip, sha256: "
                                       "ab, help: Get it., params: {a: 1}}"))
                            .front()
                            .sources.front();
    BOOST_TEST(source.choice.select.front() == "n-(.*)");
    BOOST_TEST((source.choice.rule == choice_rule::highest));
    BOOST_TEST(source.choice.rename.front().replacement == "x");
    BOOST_TEST(source.choice.rename.front().pattern.empty());
    BOOST_TEST(source.choice.target_path == "t");
    BOOST_TEST(source.target_type == "link");
    BOOST_TEST(source.preserve_path);
    BOOST_TEST(source.optional);
    BOOST_TEST(!source.warn_if_empty);
    BOOST_TEST(source.fail_if_empty);
    BOOST_TEST(source.replace_existing);
    BOOST_TEST(source.always_resolve);
    BOOST_TEST(!source.unpack.value_or(true));
    BOOST_TEST(source.type == "zip");
    BOOST_TEST(source.sha256 == "ab");
    BOOST_TEST(source.help == "Get it.");
    BOOST_TEST(json::value(source.params) == json::parse(R"({"a": 1})"));
}

BOOST_AUTO_TEST_CASE(new_names_are_words_of_a_shell) {
    struct row {
        std::string rename;
        std::string name;
        std::string expected;
    };
    const row rows[] = {
        {"table.csv", "birds.csv", "table.csv"},
        {"\"'(\\\\w+)\\\\.csv' '\\\\1-table.csv'\"", "birds.csv", "birds-table.csv"},
        {"'.* x.csv'", "birds.csv", "x.csv"},
        {"'birds fish'", "birds.csv", "fish.csv"},
        {"{pattern: '^b(.*)s', repl: 'B\\1'}", "birds.csv", "Birds.cv"},
        // The first that changes the name, and only that.
        {"[{pattern: x, repl: y}, {pattern: csv, repl: tsv}, {pattern: tsv, repl: z}]", "a.csv",
         "a.tsv"},
    };
    for (const auto& [rename, name, expected] : rows) {
        BOOST_TEST_CONTEXT(rename) {
            const auto op = operation("{file: a, rename: " + rename + "}");
            const auto rules = read(op).front().sources.front().choice.rename;
            BOOST_TEST(renamed(name, rules).value() == expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(oddities_are_told_once) {
    guild_file file;
    file.operations = {operation("{file: a, path: b, target-path: c, colour: red}"),
                       operation("nowhere"), operation("nowhere")};
    const std::vector<std::string> expected = {
        "target-path and path both specified for source file:a - using target-path",
        "unexpected source attribute 'colour' in resource 'file:a'",
        "cannot find resource definition for dependency nowhere"};
    BOOST_TEST(resource_warnings(file) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sources_are_flags) {
    auto op = operation("[{operation: make}, {operation: make, name: n}, {operation: 'm:x', "
                        "flag-name: from}, {operation: y, flag-name: no}, {file: a, flag-name: "
                        "table}, {file: b}]");
    const auto resources = read(op);
    const auto split =
        split_supplied(op, {"make=1", "n=2", "from=3", "table=x", "lr=1", "y=4", "x=5"}, resources);
    BOOST_TEST(split.flags == (std::vector<std::string>{"lr=1", "y=4", "x=5"}),
               boost::test_tools::per_element());
    const std::map<std::string, std::string> supplied = {
        {"operation:make", "1"}, {"n", "2"}, {"from", "3"}, {"table", "x"}};
    BOOST_TEST((split.supplied == supplied));
    BOOST_TEST((source_flags(resources, supplied) ==
                flag_map{{"operation:make", "1"}, {"n", "2"}, {"from", "3"}, {"table", "x"}}));
    BOOST_TEST(
        (source_flags(resources, {}) ==
         flag_map{{"operation:make", nullptr}, {"n", nullptr}, {"from", nullptr}, {"table", "a"}}));
    // A flag of its own goes before the short name of a source.
    op.flags.push_back({.name = "make"});
    BOOST_TEST(split_supplied(op, {"make=1"}, resources).supplied.empty());
    op.flags.push_back({.name = "n", .default_value = "3f2a"});
    BOOST_TEST(split_supplied(op, {}, resources).supplied.at("n") == "3f2a");
}

BOOST_AUTO_TEST_CASE(several_runs_for_a_source_are_told_one_by_one) {
    using texts = std::vector<std::string>;
    const std::pair<const char*, texts> cases[] = {
        {"3f2a", {}},
        {"[3f2a]", {"3f2a"}},
        {"[0012, 12e4]", {"0012", "12e4"}},
        {"[a,'b', ]", {"a", "b"}},
        {"[]", {}},
        {"[a", {}},
        {"", {}},
    };
    for (const auto& [typed, expected] : cases) {
        BOOST_TEST(supplied_list(typed) == expected, boost::test_tools::per_element());
    }
    BOOST_TEST(list_text({"a", "b"}) == "[a, b]");
    const auto resources = read(operation("{operation: make, name: n}"));
    const auto wanted = required_operations(resources, {{"n", "[a, b]"}});
    BOOST_REQUIRE_EQUAL(wanted.size(), 2U);
    BOOST_TEST(wanted[1].listed);
    BOOST_TEST(wanted[1].wanted.config == "b");
    BOOST_TEST(!required_operations(resources, {{"n", "a"}}).at(0).listed);
    BOOST_TEST((source_flags(resources, {{"n", "[a, b]"}}) ==
                flag_map{{"n", boost::json::array{"a", "b"}}}));
}

BOOST_AUTO_TEST_CASE(flags_stand_in_what_sources_say) {
    auto resources = read(operation("[{file: 'd/${kind}.csv', rename: {pattern: csv, repl: "
                                    "'${ext}'}}, {file: '${sort}.csv'}]"));
    resolve_sources(resources, {{"kind", "a"}, {"ext", "tab"}});
    BOOST_TEST(resources[0].sources[0].what == "d/a.csv");
    BOOST_TEST(resources[0].sources[0].choice.rename[0].replacement == "tab");
    BOOST_TEST(resources[0].name == "file:d/${kind}.csv");
    BOOST_TEST(resources[0].sources[0].problem.empty());
    BOOST_TEST(resources[1].sources[0].problem ==
               "cannot resolve '${sort}.csv' in file:${sort}.csv: undefined reference 'sort'");
}

BOOST_AUTO_TEST_SUITE_END()
