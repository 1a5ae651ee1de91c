#include "engine/project/flag_text.hpp"
#include "engine/project/flag_values.hpp"
#include "engine/project/guild_file.hpp"
#include "engine/project/operation_command.hpp"
#include "engine/project/run_label.hpp"
#include "engine/text/natural_order.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;
namespace json = boost::json;

namespace {

/// The operation `op` of a project that consists of the given flags.
operation_def operation_of(const std::string& yaml) {
    const testing::temporary_directory scratch;
    scratch.write("guild.yml", yaml);
    auto file = load_guild_file(scratch.path().native());
    BOOST_REQUIRE_MESSAGE(file.has_value(), file.error().context);
    return *find_operation(**file, "op").value();
}

std::string error_of(const operation_def& op, const std::vector<std::string>& typed) {
    const auto got = resolve_flags(op, typed, {.directory = "/", .home = "/"});
    return got ? "no error" : got.error().context;
}

json::object all_of(const operation_def& op, const std::vector<std::string>& typed) {
    const auto got = resolve_flags(op, typed, {.directory = "/", .home = "/home/a"});
    BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().context);
    json::object out;
    for (const auto& [name, value] : got->all) {
        out.emplace(name, value);
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(flags)

BOOST_AUTO_TEST_CASE(typed_values_are_decoded_as_guild_does) {
    const std::pair<const char*, const char*> cases[] = {
        {"1", "1"},
        {"-1", "-1"},
        {"+1", "1"},
        {"1.5", "1.5E0"},
        {"1e2", "1E2"},
        {".5", "5E-1"},
        {"1_000", "\"1_000\""},
        {"1:30", "\"1:30\""},
        {"", "\"\""},
        {"yes", "true"},
        {"no", "false"},
        {"null", "null"},
        {"abc", "\"abc\""},
        {"'1'", "\"1\""},
        {"[1, a]", "[1,\"a\"]"},
        {"[1]*3", "[1,1,1]"},
        {"[1,2]*2", "[1,2,1,2]"},
        {"{a: 1}", "{\"a\":1}"},
        {"a: b: c", "\"a: b: c\""},
        {"range[1:5]", "\"range[1:5]\""},
        {"012", "12"},
        {"1e400", "Infinity"},
        {"a b", "\"a b\""},
        {"@x", "\"@x\""},
        {"0x10", "16"},
    };
    for (const auto& [text, expected] : cases) {
        BOOST_TEST(json::serialize(decode_flag(text)) == expected);
    }
}

BOOST_AUTO_TEST_CASE(values_are_shown_as_guild_does) {
    const flag_look label{.cut_floats = true, .shorten_paths = true, .directory = "/"};
    const std::pair<json::value, const char*> cases[] = {
        {true, "yes"},
        {false, "no"},
        {nullptr, "null"},
        {1, "1"},
        {0.123456789, "0.12345"},
        {1.0, "1.0"},
        {1.23456789e-7, "1.23456e-07"},
        {"abc", "abc"},
        {"1", "'1'"},
        {"", "''"},
        {"Hello Guild!", "'Hello Guild!'"},
        {"a: b", "'a: b'"},
        {"it's a", "\"it's a\""},
        {json::array{1, "b", nullptr}, "[1, b, null]"},
        {json::object{{"k", 1}, {"a", true}}, "{a: yes, k: 1}"},
        {"/usr/bin", "/usr/bin"},
        {"/usr/lib/x86_64-linux-gnu/cmake/yaml-cpp", "/usr/…/yaml-cpp"},
        {"/no/such/path/that/is/as/long/as/this", "/no/such/path/that/is/as/long/as/this"},
    };
    for (const auto& [value, expected] : cases) {
        BOOST_TEST(format_flag(value, label) == expected);
    }
    BOOST_TEST(format_flag(0.123456789) == "0.123456789");
}

BOOST_AUTO_TEST_CASE(names_sort_naturally) {
    BOOST_TEST(natural_less("x2", "x10"));
    BOOST_TEST(!natural_less("x10", "x2"));
    BOOST_TEST(natural_less("x", "x1"));
    BOOST_TEST(natural_less("B", "a"));
    BOOST_TEST(!natural_less("a", "a"));
}

BOOST_AUTO_TEST_CASE(defaults_types_and_references_make_the_values) {
    const auto op = operation_of("op:\n"
                                 "  flags-import: no\n"
                                 "  flags:\n"
                                 "    a: 1\n"
                                 "    b: {default: 2, type: float}\n"
                                 "    c: {type: string}\n"
                                 "    d: x-${a}\n"
                                 "    e: ${b}\n"
                                 "    f: {default: s, choices: [s, {value: 9, alias: big}]}\n"
                                 "    g: {type: boolean, default: no}\n"
                                 "    p: {type: path}\n");
    BOOST_TEST(json::serialize(all_of(op, {"c=007", "f=big", "p=~/x"})) ==
               R"({"a":1,"b":2E0,"c":"007","d":"x-1","e":2,"f":9,"g":false,"p":"/home/a/x"})");
    const auto typed = all_of(op, {"a=yes", "b=3", "c=[x", "g=1", "p=y"});
    BOOST_TEST(json::serialize(typed) ==
               R"({"a":true,"b":3E0,"c":"[x","d":"x-1","e":3,"f":"s","g":true,"p":"/y"})");
}

BOOST_AUTO_TEST_CASE(what_a_flag_may_not_be_is_said_before_anything_starts) {
    const auto op = operation_of("op:\n"
                                 "  flags-import: no\n"
                                 "  flags:\n"
                                 "    n: {type: int, min: 1, max: 9.5}\n"
                                 "    c: {choices: [a, b, {value: 1.5}]}\n"
                                 "    o: {choices: [a], allow-other: yes}\n"
                                 "    r: {required: yes, description: the one, default: 1}\n"
                                 "    e: {type: existing-path}\n");
    const char* unsupported_c = "Unsupported value for 'c' - supported values are:\n\n  a\n  b\n"
                                "  1.5\n\nRun the command again using one of these options.";
    const std::pair<std::vector<std::string>, const char*> cases[] = {
        {{"x=1"},
         "unsupported flag 'x'\nTry '{program} run op --help-op' for a list of flags or use "
         "--force-flags to skip this check."},
        {{"n"}, "invalid argument 'n' - expected NAME=VAL"},
        {{"n=a"}, "invalid value for n: invalid value for type 'int': a"},
        {{"n=1.5"}, "invalid value for n: invalid value for type 'int': 1.5"},
        {{"n=0"}, "invalid value for n: out of range (less than min 1)"},
        {{"n=10"}, "invalid value for n: out of range (greater than max 9.5)"},
        {{"c=d"}, unsupported_c},
        {{"o=z"}, "no error"},
        {{"r="},
         "Operation requires the following missing flags:\n\n  r  the one\n\nRun the "
         "command again with these flags specified as NAME=VAL."},
        {{"e=/no/such"}, "invalid value for e: /no/such does not exist"},
        {{"n=[1, 2]"},
         "batch runs are not supported yet: flag 'n' is [1, 2]\nGive it a single "
         "value: n=VALUE"},
        {{"n=range[1:5]"},
         "batch runs are not supported yet: flag 'n' is range[1:5]\nGive it a "
         "single value: n=VALUE"},
        {{"c=${python_exe}"}, unsupported_c},
        {{"o=${home}/x"}, "invalid value for o: ${home} is reserved and cannot be part of it"},
    };
    for (const auto& [typed, expected] : cases) {
        BOOST_TEST(error_of(op, typed) == expected);
    }
}

BOOST_AUTO_TEST_CASE(forced_flags_are_taken_as_they_are) {
    const auto op = operation_of("op:\n"
                                 "  flags:\n"
                                 "    n: {default: 1, type: int, max: 9}\n"
                                 "    c: {default: a, choices: [a, b]}\n"
                                 "    f: {default: 1, type: float}\n"
                                 "    r: {required: yes}\n");
    const auto got = resolve_flags(op, {"n=many", "c=z", "f=2", "x=1"}, {.force = true});
    BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().context);
    BOOST_TEST(got->all.at("n") == json::value("many"));
    BOOST_TEST(got->all.at("c") == json::value("z"));
    BOOST_TEST(got->all.at("f") == json::value(2.0));
    BOOST_TEST(got->all.at("x") == json::value(1));
    const auto above = resolve_flags(op, {"n=10"}, {.force = true});
    BOOST_TEST(above.value().all.at("n") == json::value(10));
}

BOOST_AUTO_TEST_CASE(flags_become_words_by_their_destination) {
    const std::string flags = "  flags:\n"
                              "    b: {default: yes}\n"
                              "    f: {default: no}\n"
                              "    l: {default: a b, arg-split: yes}\n"
                              "    m: {default: 'x,y', arg-split: ','}\n"
                              "    n: {default: null}\n"
                              "    r: {default: 0.1, arg-name: rate}\n"
                              "    s: {default: it's}\n"
                              "    skip: {default: 1, arg-skip: yes}\n"
                              "    sw: {default: yes, arg-switch: yes}\n"
                              "    sx: {default: no, arg-switch: yes}\n";
    using list = std::vector<std::string>;
    struct dest_case {
        const char* head;
        list words;
    };
    const dest_case cases[] = {
        {"op:\n  main: a/m --k ${r}\n",
         {"${python_exe}", "-um", "guild.op_main", "a/m", "--k", "0.1", "--", "--b", "1",
          "--f",           "",    "--l",           "a",   "b",   "--m", "x",  "y",   "--rate",
          "0.1",           "--s", "it's",          "--sw"}},
        {"op:\n  main: m\n  flags-dest: globals\n",
         {"${python_exe}", "-um",    "guild.op_main", "m",   "--",   "--b", "true",
          "--f",           "false",  "--l",           "a",   "b",    "--m", "x",
          "'y'",           "--rate", "0.1",           "--s", "it's", "--sw"}},
        {"op:\n  exec: run '${s} x' ${n} ${unknown} ${flag_args}\n",
         {"run", "it's x", "", "${unknown}", "--b", "1", "--f", "", "--l", "a", "b", "--m", "x",
          "y", "--rate", "0.1", "--s", "it's", "--sw"}},
        {"op:\n  exec: [run, '${b}']\n", {"run", "1"}},
    };
    for (const auto& c : cases) {
        const auto op = operation_of(std::string(c.head) + flags);
        const auto values = resolve_flags(op, {}, {});
        BOOST_REQUIRE(values.has_value());
        BOOST_TEST(make_command(op, values->all).value().words == c.words,
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(flags_and_env_reach_the_environment) {
    const auto op = operation_of("op:\n"
                                 "  env: {DATA: '/d/${a-b}', N: 1}\n"
                                 "  flags:\n"
                                 "    a-b: x y\n"
                                 "    named: {default: yes, env-name: NAMED}\n"
                                 "    none: null\n");
    const auto values = resolve_flags(op, {}, {});
    const std::map<std::string, std::string> expected{
        {"DATA", "/d/x y"}, {"N", "1"}, {"FLAG_A_B", "x y"}, {"NAMED", "1"}};
    BOOST_CHECK(make_command(op, values.value().all).value().environment == expected);
}

BOOST_AUTO_TEST_CASE(labels_come_from_flags_or_a_template) {
    const flag_map flags{{"lr", 0.123456789},
                         {"msg", "Hello Guild!"},
                         {"n", nullptr},
                         {"on", true},
                         {"p", "/a/b/c.txt"}};
    BOOST_TEST(default_label(flags, "/") == "lr=0.12345 msg='Hello Guild!' on=yes p=/a/b/c.txt");
    BOOST_TEST(default_label({}, "/") == "");
    const std::pair<const char*, const char*> cases[] = {
        {"plain", "plain"},
        {"x ${lr|%.2f}", "x 0.12"},
        {"${msg|unquote}", "Hello Guild!"},
        {"${p|basename}", "c.txt"},
        {"${n|default:none} ${n}", "none "},
        {"${default_label} v2", "lr=0.12345 msg='Hello Guild!' on=yes p=/a/b/c.txt v2"},
        {"${lr|%z}", "0.12345"},
        {"${lr|%s%s%n}", "0.12345"},
        {"${unknown}", ""},
    };
    for (const auto& [text, expected] : cases) {
        BOOST_TEST(label_from(text, flags, "/") == expected, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
