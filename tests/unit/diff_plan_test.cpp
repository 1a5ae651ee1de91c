#include "engine/commands/looking/diff_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

using texts = std::vector<std::string>;

const compared_run left{.directory = "/h/1",
                        .attributes = {"flags", "env"},
                        .sources = {{"a.py", "1", "src/a.py"}, {"b.py", "2", "b.py"}}};
const compared_run right{.directory = "/h/2",
                         .attributes = {"flags", "env", "deps"},
                         .sources = {{"b.py", "3", "b.py"}, {"c.py", "4", "c.py"}}};

std::string shown(const std::vector<path_pair>& pairs) {
    std::string out;
    for (const auto& pair : pairs) {
        out += pair.left + " " + pair.right + "; ";
    }
    return out;
}

std::string compared(const diff_command& asked) {
    return shown(pairs_of_runs(left, right, asked));
}

} // namespace

BOOST_AUTO_TEST_SUITE(diff_plans)

BOOST_AUTO_TEST_CASE(each_kind_is_a_pair_in_guilds_order) {
    BOOST_TEST(compared({}) == "/h/1 /h/2; ");
    BOOST_TEST(compared({.output = true}) == "/h/1/.guild/output /h/2/.guild/output; ");
    BOOST_TEST(
        compared({.output = true, .environment = true, .flags = true, .paths = {"x", "y/z"}}) ==
        "/h/1/.guild/attrs/env /h/2/.guild/attrs/env; "
        "/h/1/.guild/attrs/flags /h/2/.guild/attrs/flags; "
        "/h/1/.guild/output /h/2/.guild/output; "
        "/h/1/x /h/2/x; /h/1/y/z /h/2/y/z; ");
    BOOST_TEST(compared({.dependencies = true}) == "/dev/null /h/2/.guild/attrs/deps; ");
}

BOOST_AUTO_TEST_CASE(all_attributes_include_some_kinds_and_that_is_said) {
    const diff_command asked{.environment = true, .flags = true, .attributes = true};
    BOOST_TEST(compared(asked) == "/h/1/.guild/attrs /h/2/.guild/attrs; ");
    BOOST_TEST(needless_options(asked) == (texts{"ignoring --env (already included in --attrs)",
                                                 "ignoring --flags (already included in --attrs)"}),
               boost::test_tools::per_element());
    BOOST_TEST(needless_options({.flags = true}).empty());
}

BOOST_AUTO_TEST_CASE(source_code_among_other_files_is_compared_where_it_differs) {
    BOOST_TEST(compared({.sourcecode = true}) ==
               "/h/1/a.py /dev/null; /h/1/b.py /h/2/b.py; /dev/null /h/2/c.py; ");
    BOOST_TEST(pairs_of_runs(left, left, {.sourcecode = true}).empty());
    // A path is one of the source code then.
    auto moved = right;
    moved.source_directory = "src";
    BOOST_TEST(shown(pairs_of_runs(left, moved, {.sourcecode = true, .paths = {"fit.py"}})) ==
               left.directory + "/fit.py " + moved.directory + "/src/fit.py; ");
    auto one = left;
    auto other = right;
    one.source_directory = "src";
    other.source_directory = ".guild/sourcecode";
    BOOST_TEST(shown(pairs_of_runs(one, other, {.sourcecode = true})) ==
               "/h/1/src /h/2/.guild/sourcecode; ");
}

BOOST_AUTO_TEST_CASE(a_run_is_compared_with_the_files_of_a_project) {
    BOOST_TEST(shown(pairs_with_directory(left, "/p", {.working = true})) ==
               "/h/1/a.py /p/src/a.py; /h/1/b.py /p/b.py; ");
    BOOST_TEST(shown(pairs_with_directory(left, "/p", {.paths = {"b.py"}, .working = true})) ==
               "/h/1/b.py /p/b.py; ");
    auto apart = left;
    apart.source_directory = "src";
    BOOST_TEST(shown(pairs_with_directory(apart, "/p", {.working = true})) == "/h/1/src /p; ");
    BOOST_TEST(shown(pairs_with_directory(apart, "/p", {.paths = {"x"}, .working = true})) ==
               "/h/1/src/x /p/x; ");
}

BOOST_AUTO_TEST_CASE(a_manifest_names_sources) {
    const auto sources =
        sources_in("s b.py 22 src/b.py\nd x - file:x\ns 'a b.py' 11 'a b.py'\ns x\n");
    BOOST_REQUIRE(sources.size() == 2U);
    BOOST_TEST(sources[0].in_run == "a b.py");
    BOOST_TEST(sources[1].hash == "22");
    BOOST_TEST(sources[1].in_project == "src/b.py");
}

BOOST_AUTO_TEST_CASE(options_that_contradict_each_other_are_refused) {
    const std::pair<diff_command, const char*> refused[] = {
        {{.working = true, .directory = "/d"}, "--working and --dir cannot both be specified"},
        {{.sourcecode = true, .working = true},
         "--working and --sourcecode cannot both be specified"},
        {{.output = true, .working = true}, "--working and --output cannot both be specified"},
        {{.flags = true, .directory = "/d"}, "--dir and --flags cannot both be specified"},
        {{.remote = "gpu1", .working = true}, "--working and --remote cannot both be specified"},
        {{.selection = {.runs = {"1", "2"}}, .working = true},
         "cannot specify second RUN and --working"},
        {{.paths = {"/etc/passwd"}}, "PATH must be relative"}};
    for (const auto& [asked, words] : refused) {
        const auto checked = check_diff(asked);
        BOOST_REQUIRE_MESSAGE(!checked.has_value(), words);
        BOOST_TEST(checked.error().context.starts_with(words), checked.error().context);
    }
    BOOST_TEST(check_diff({.remote = "gpu1", .output = true, .paths = {"x"}}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
