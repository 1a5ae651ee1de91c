#include "engine/flags/run_label.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/flag_values.hpp"
#include "engine/project/flags_listing.hpp"
#include "engine/project/guild_file.hpp"
#include "engine/project/operation_command.hpp"
#include "engine/text/natural_order.hpp"
#include "engine/text/yaml_text.hpp"
#include "engine/text/yaml_value.hpp"
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
        {"1e-400", "0E0"},
        {"-1E-400", "-0E0"},
        {"a b", "\"a b\""},
        {" a b ", "\"a b\""},
        {" 7 ", "7"},
        {"@x", "\"@x\""},
        {"0x10", "16"},
        {"0o17", "\"0o17\""},
        {"+-1", "\"+-1\""},
        {"1e", "\"1e\""},
        {".", "\".\""},
        {"1.", "1E0"},
        {"-", "\"-\""},
        {"- a", "\"- a\""},
        {"#ff0000", "\"#ff0000\""},
        {"fix #3", "\"fix #3\""},
        {"'a' # b", "\"'a' # b\""},
        {"'a' b", "\"'a' b\""},
        {"[1] # b", "\"[1] # b\""},
        {"'007'", "\"007\""},
        {"\"it's\"", "\"it's\""},
        {"'", "\"'\""},
        {"!x", "\"!x\""},
        {"&a", "\"&a\""},
        {"|", "\"|\""},
        {"a: b", "\"a: b\""},
        {"C:", "\"C:\""},
        {"a\nb", "\"a\\nb\""},
        {"~", "null"},
        {"img[0].png", "\"img[0].png\""},
    };
    for (const auto& [text, expected] : cases) {
        BOOST_TEST(json::serialize(decode_flag(text)) == expected, text);
    }
}

BOOST_AUTO_TEST_CASE(integers_of_any_size_stay_what_they_are) {
    const std::pair<const char*, const char*> cases[] = {
        {"99999999999999999999", "99999999999999999999"},
        {"-99999999999999999999", "-99999999999999999999"},
        {"+00099999999999999999999", "99999999999999999999"},
        {"9223372036854775807", "9223372036854775807"},
        {"9223372036854775808", "9223372036854775808"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"0xffffffffffffffffffff", "1208925819614629174706175"},
        {"100000000000000000000000000000000000000", "100000000000000000000000000000000000000"},
    };
    for (const auto& [text, digits] : cases) {
        const auto value = decode_flag(text);
        BOOST_TEST(argument_text(value) == digits, text);
        BOOST_TEST(encode_flag(value) == digits, text);
        BOOST_TEST(yaml_text(value) == std::string(digits) + "\n", text);
        BOOST_TEST((read_yaml(digits, "x").value() == value), text);
        BOOST_TEST((decode_flag_as(text, "int") == value), text);
    }
}

BOOST_AUTO_TEST_CASE(a_type_says_how_a_typed_value_is_read) {
    struct typed_case {
        const char* type;
        const char* text;
        const char* expected;
    };
    const typed_case cases[] = {
        {"string", "007", "\"007\""},   {"string", "'007'", "\"007\""},
        {"string", "null", "\"null\""}, {"string", "1e-3", "\"1e-3\""},
        {"string", "{a", "\"{a\""},     {"path", "~/x", "\"~/x\""},
        {"int", "1_000", "1000"},       {"int", "1__0", "\"1__0\""},
        {"int", "1.5", "1.5E0"},        {"float", "1_0.5", "1.05E1"},
        {"float", "x", "\"x\""},        {"number", "7", "7"},
        {"number", "-.5", "-5E-1"},     {"boolean", "TRUE", "true"},
        {"boolean", "oFF", "false"},    {"boolean", "1", "1"},
        {"colour", "7", "7"},
    };
    for (const auto& c : cases) {
        BOOST_TEST(json::serialize(decode_flag_as(c.text, c.type)) == c.expected, c.text);
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
               R"({"a":true,"b":3E0,"c":"[x","d":"x-1","e":3E0,"f":"s","g":true,"p":"/y"})");
    BOOST_TEST(json::serialize(all_of(op, {"c='007'"}).at("c")) == R"("007")");
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
        {{"n", "c=a", "m"}, "invalid argument(s):\nn\nm\nexpected NAME=VAL"},
        {{"n=a"}, "invalid value a for n: invalid value for type 'int'"},
        {{"n=1.5"}, "invalid value 1.5 for n: invalid value for type 'int'"},
        {{"n=0"}, "invalid value 0 for n: out of range (less than min 1)"},
        {{"n=10"}, "invalid value 10 for n: out of range (greater than max 9.5)"},
        {{"c=d"}, unsupported_c},
        {{"o=z"}, "no error"},
        {{"c="}, "no error"},
        {{"o=@home"}, "no error"},
        {{"@trials.csv"}, "no error"},
        {{"r="},
         "Operation requires the following missing flags:\n\n  r  the one\n\nRun the "
         "command again with these flags or try '{program} run op --help-op' for help."},
        {{"e=/no/such"}, "invalid value /no/such for e: /no/such does not exist"},
        {{"n=[1, 2]"}, "no error"},
        {{"n=range[1:5]"}, "no error"},
        {{"n=[1:500]"}, "no error"},
        {{"n=[2, 10, 3]"}, "invalid value 10 for n: out of range (greater than max 9.5)"},
        {{"c=[a, d]"}, unsupported_c},
        {{"c=${python_exe}"}, unsupported_c},
        {{"o=${home}/x"},
         "invalid value ${home}/x for o: ${home} is reserved and cannot be part of it"},
    };
    for (const auto& [typed, expected] : cases) {
        BOOST_TEST(error_of(op, typed) == expected);
    }
}

BOOST_AUTO_TEST_CASE(lists_and_functions_stay_what_they_are_and_sequences_become_lists) {
    const auto op = operation_of("op:\n"
                                 "  flags-import: no\n"
                                 "  flags:\n"
                                 "    f: {type: float, default: 1}\n"
                                 "    s: {type: string}\n"
                                 "    t: {default: 'range[1:3]'}\n"
                                 "    u: {default: 'range[1:3]', type: string}\n"
                                 "    w: {default: [a b, c], arg-split: yes}\n"
                                 "    x: null\n"
                                 "    y: {default: '${x}'}\n");
    BOOST_TEST(json::serialize(all_of(op, {"f=[1, 2]", "s=[1, b c]", "x=[5:9]"})) ==
               R"({"f":[1E0,2E0],"s":["1","b c"],"t":[1,2,3],"u":"range[1:3]","w":"'a b' c",)"
               R"("x":"[5:9]","y":"[5:9]"})");
    BOOST_TEST(json::serialize(all_of(op, {"t=[]", "s=range[1:2]", "x=linspace[1:2:2]"})) ==
               R"({"f":1E0,"s":"range[1:2]","t":[],"u":"range[1:3]","w":"'a b' c",)"
               R"("x":[1E0,2E0],"y":[1E0,2E0]})");
    const auto quoted = resolve_flags(op, {"x='[1:2]'", "t=linspace[1]"}, {}).value();
    BOOST_TEST(quoted.literal.contains("x"));
    BOOST_TEST(!quoted.literal.contains("t"));
    BOOST_REQUIRE(!quoted.notes.empty());
    BOOST_TEST(quoted.notes[0] ==
               "error decoding 'linspace[1]': function requires at least 2 arg(s)");
}

BOOST_AUTO_TEST_CASE(a_chosen_value_may_say_what_others_are) {
    const auto op = operation_of("op:\n"
                                 "  flags-import: no\n"
                                 "  flags:\n"
                                 "    size:\n"
                                 "      choices: [1, {value: 10, alias: big, flags: {wheels: 8}}]\n"
                                 "      default: 1\n"
                                 "    wheels: 4\n"
                                 "    id: {choices: ['007', '8']}\n");
    BOOST_TEST(json::serialize(all_of(op, {})) == R"({"id":null,"size":1,"wheels":4})");
    BOOST_TEST(json::serialize(all_of(op, {"size=big"})) == R"({"id":null,"size":10,"wheels":8})");
    BOOST_TEST(json::serialize(all_of(op, {"size=10", "wheels=6"})) ==
               R"({"id":null,"size":10,"wheels":6})");
    BOOST_TEST(json::serialize(all_of(op, {"id=007"}).at("id")) == R"("007")");
    const auto by_name =
        operation_of("op:\n"
                     "  flags-import: no\n"
                     "  flags:\n"
                     "    size: {choices: [{value: 10, alias: big}], default: big}\n");
    BOOST_TEST(json::serialize(all_of(by_name, {})) == R"({"size":10})");
}

BOOST_AUTO_TEST_CASE(a_flag_may_have_a_name_to_type_and_a_null_of_its_own) {
    const auto op = operation_of("op:\n"
                                 "  flags-import: no\n"
                                 "  flags:\n"
                                 "    learning_rate: {alias: lr, arg-name: learning-rate}\n"
                                 "    n: {null-label: as it was}\n"
                                 "    u: {type: colour, default: 6}\n");
    const auto got = resolve_flags(op, {"lr=0.1"}, {});
    BOOST_TEST(json::serialize(got.value().user.at("learning_rate")) == "1E-1");
    BOOST_TEST(got->notes ==
                   (std::vector<std::string>{"unknown flag type 'colour' for u - cannot coerce"}),
               boost::test_tools::per_element());
    BOOST_TEST(op.find_flag("n")->null_label == "as it was");
    BOOST_TEST(error_of(op, {"lr=1", "learning_rate=2"}) ==
               "cannot specify both alias 'lr' and name for flag 'learning_rate'\n"
               "Use --force-flags to skip this check.");
}

BOOST_AUTO_TEST_CASE(what_is_spread_over_words_has_words_of_its_type) {
    const auto op = operation_of("op:\n"
                                 "  flags-import: no\n"
                                 "  flags:\n"
                                 "    many: {type: int, arg-split: yes, default: 1 2}\n"
                                 "    any: {arg-split: ','}\n");
    BOOST_TEST(error_of(op, {"many='1 x'"}) ==
               "invalid value 1 x for many: invalid value for type 'int'");
    BOOST_TEST(json::serialize(all_of(op, {"many=3 4", "any=007"})) ==
               R"({"any":"007","many":"3 4"})");
    BOOST_TEST(make_command(op, resolve_flags(op, {"any=a,,b c"}, {}).value().all).value().words ==
                   (std::vector<std::string>{"${python_exe}", "-um", "guild.op_main", "op", "--",
                                             "--any", "a", "b c", "--many", "1", "2"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_value_like_an_option_is_joined_to_its_name_where_a_parser_needs_it) {
    auto op = operation_of("op:\n"
                           "  flags-import: no\n"
                           "  flags:\n"
                           "    a: -x\n"
                           "    b: -1.5\n"
                           "    c: -1.0e-10\n"
                           "    d: '-x y'\n"
                           "    e: '--'\n"
                           "    f: {default: '-x', arg-split: yes}\n");
    const auto flags = resolve_flags(op, {}, {}).value().all;
    using list = std::vector<std::string>;
    const auto behind = [&] {
        const auto words = make_command(op, flags).value().words;
        return list(words.begin() + 5, words.end());
    };
    BOOST_TEST(has_option_like_values(op, flags));
    BOOST_TEST(!has_option_like_values(op, {{"a", -1}, {"b", "x"}}));
    BOOST_TEST(behind() == (list{"--a", "-x", "--b", "-1.5", "--c", "-1e-10", "--d", "-x y",
                                 "--e=--", "--f", "-x"}),
               boost::test_tools::per_element());
    op.options_by_dash = true;
    BOOST_TEST(behind() ==
                   (list{"--a=-x", "--b", "-1.5", "--c=-1e-10", "--d", "-x y", "--e=--", "--f=-x"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_commands_own_words_win_and_encodings_say_what_the_program_gets) {
    const auto op = operation_of("op:\n"
                                 "  main: m --b 7\n"
                                 "  flags-import: no\n"
                                 "  flags:\n"
                                 "    b: 2\n"
                                 "    on: {default: yes, arg-encoding: {yes: 'On', no: 'Off'},\n"
                                 "         env-encoding: {yes: T}}\n"
                                 "    sw: {default: no, arg-switch: yes, arg-switch-off: no-sw}\n"
                                 "    x: {default: 5, arg-skip-value: 5}\n");
    const auto made = make_command(op, resolve_flags(op, {}, {}).value().all).value();
    using list = std::vector<std::string>;
    BOOST_TEST(made.words == (list{"${python_exe}", "-um", "guild.op_main", "m", "--b", "7", "--",
                                   "--on", "On", "--no-sw"}),
               boost::test_tools::per_element());
    BOOST_TEST(made.notes == (list{"ignoring flag 'b=2' because it's shadowed in the operation "
                                   "cmd as --b"}),
               boost::test_tools::per_element());
    BOOST_TEST(made.environment.at("FLAG_ON") == "T");
    BOOST_TEST(made.environment.at("FLAG_X") == "5");
}

BOOST_AUTO_TEST_CASE(a_listing_shows_flags_with_all_their_attributes) {
    const auto op = operation_of("op:\n"
                                 "  flags-import: [size]\n"
                                 "  flags-dest: args\n"
                                 "  flags:\n"
                                 "    size: {default: 1, type: int, arg-name: number, max: 9}\n");
    const auto listed = flags_listing(op);
    BOOST_TEST(listed.flags_dest == "args");
    BOOST_TEST(listed.flags_import == "[size]");
    BOOST_REQUIRE(listed.flags.size() == 1);
    BOOST_TEST(listed.flags[0].name == "size");
    std::string settings;
    for (const auto& [name, value] : listed.flags[0].settings) {
        settings += name + ":" + value + "\n";
    }
    BOOST_TEST(settings == "default:1\n"
                           "type:int\n"
                           "required:no\n"
                           "arg-name:number\n"
                           "arg-skip:\n"
                           "arg-switch:\n"
                           "arg-split:\n"
                           "arg-encoding:\n"
                           "env-name:\n"
                           "env-encoding:\n"
                           "choices:[]\n"
                           "allow-other:no\n"
                           "distribution:\n"
                           "max:9\n"
                           "min:\n"
                           "null-label:\n");
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
         {"${python_exe}", "-um", "guild.op_main", "m", "--", "--b", "true", "--f", "false", "--l",
          "[a, b]", "--m", "[x, 'y']", "--rate", "0.1", "--s", "it's", "--sw"}},
        {"op:\n  exec: run '${s} x' ${n} ${flag_args}\n",
         {"run", "it's x", "", "--b", "1", "--f", "", "--l", "a", "b", "--m", "x", "y", "--rate",
          "0.1", "--s", "it's", "--sw"}},
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
        {"DATA", "/d/x y"}, {"N", "1"}, {"FLAG_A_B", "x y"}, {"FLAG_NONE", ""}, {"NAMED", "1"}};
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
