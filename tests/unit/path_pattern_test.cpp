#include "engine/commands/looking/path_pattern.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace outrider;
using protocol::file_entry;
using protocol::file_type;

namespace {

using paths = std::vector<std::string>;

struct pattern_case {
    const char* pattern;
    bool all;
    paths shown;
};

std::vector<file_entry> run_directory() {
    return {
        {.path = ".guild", .type = file_type::directory},
        {.path = ".guild/LOCK.remote"},
        {.path = ".guild/attrs", .type = file_type::directory},
        {.path = ".guild/attrs/id"},
        {.path = ".guild/attrs/.tmp"},
        {.path = ".hidden"},
        {.path = "data", .type = file_type::directory},
        {.path = "data/.cache"},
        {.path = "data/10.txt"},
        {.path = "data/9.txt"},
        {.path = "data/sub", .type = file_type::directory},
        {.path = "data/sub/9.txt"},
        {.path = "link", .type = file_type::link},
        {.path = "train[1].py"},
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(path_pattern)

BOOST_AUTO_TEST_CASE(ls_shows_what_the_pattern_names) {
    const pattern_case cases[] = {
        {"",
         false,
         {"data/", "data/9.txt", "data/10.txt", "data/sub/", "data/sub/9.txt", "link",
          "train[1].py"}},
        // Prefixes of components.
        {"data/sub", false, {"data/sub/", "data/sub/9.txt"}},
        {"./data//sub/", false, {"data/sub/", "data/sub/9.txt"}},
        {"dat", false, {}},
        {"data",
         true,
         {"data/", "data/9.txt", "data/10.txt", "data/.cache", "data/sub/", "data/sub/9.txt"}},
        {"data/.cache", false, {"data/.cache"}},
        {".guild/attrs", false, {".guild/attrs/", ".guild/attrs/id"}},
        {".guild/attrs", true, {".guild/attrs/", ".guild/attrs/.tmp", ".guild/attrs/id"}},
        {".guild/attrs/id", false, {".guild/attrs/id"}},
        {".guild/attrs/exit_status", false, {}},
        {"train[1].py", false, {"train[1].py"}},
        // Wildcards.
        {"LOCK*", true, {}},
        {"*LOCK*", true, {}},
        {".guild/LOCK*", false, {".guild/LOCK.remote"}},
        {"*/LOCK*", false, {}},
        {"*/LOCK*", true, {".guild/LOCK.remote"}},
        {".g*/at*", false, {".guild/attrs/", ".guild/attrs/id"}},
        {"d*", false, {"data/", "data/9.txt", "data/10.txt", "data/sub/", "data/sub/9.txt"}},
        {"*/*.txt", false, {"data/9.txt", "data/10.txt"}},
        {"data/?.txt", false, {"data/9.txt"}},
        {"data/[0-8]*", false, {"data/10.txt"}},
        {"D*", false, {}},
        {"*",
         true,
         {".guild/", ".guild/LOCK.remote", ".guild/attrs/", ".guild/attrs/.tmp", ".guild/attrs/id",
          ".hidden", "data/", "data/9.txt", "data/10.txt", "data/.cache", "data/sub/",
          "data/sub/9.txt", "link", "train[1].py"}},
    };
    for (const auto& c : cases) {
        BOOST_TEST_CONTEXT("-p '" << c.pattern << "'" << (c.all ? " -a" : "")) {
            const auto got = choose_paths(run_directory(), c.pattern, c.all);
            BOOST_TEST(got == c.shown, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(links_to_other_runs_are_shown_as_directories) {
    const std::vector<file_entry> entries = {
        {.path = "data", .type = file_type::link, .target = "/srv/data"},
        {.path = "flour.txt", .type = file_type::link, .target = "../3f2a/flour.txt"},
        {.path = "grind", .type = file_type::link, .target = "../3f2a"},
        {.path = "sub/up", .type = file_type::link, .target = "../data"},
    };
    BOOST_TEST(choose_paths(entries, "", false) == (paths{"data", "flour.txt", "grind/", "sub/up"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
