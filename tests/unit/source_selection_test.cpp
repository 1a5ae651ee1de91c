#include "engine/project/captured_program.hpp"
#include "engine/project/source_selection.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <sys/stat.h>

using namespace outrider;
namespace fs = std::filesystem;

namespace {

using names = std::vector<std::string>;

/// A directory whose source code is selected.
struct source_tree {
    testing::temporary_directory scratch;
    std::map<std::string, std::string> environment{{"PATH", std::getenv("PATH")},
                                                   {"HOME", "/nonexistent"}};
    sourcecode_def rules;

    result<source_selection> select() const {
        return select_sources({.root = scratch / "p",
                               .rules = rules,
                               .operation = "op",
                               .python = true,
                               .environment = environment});
    }
    source_selection selected() const {
        auto got = select();
        BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().context);
        return std::move(*got);
    }
    void git(names words) const {
        words.insert(words.begin(), {"git", "-C", scratch / "p", "-c", "user.name=t", "-c",
                                     "user.email=t@t", "-c", "init.defaultBranch=main"});
        const auto done = capture_program(words, environment, std::chrono::seconds(30));
        BOOST_REQUIRE(done.has_value());
        BOOST_REQUIRE_EQUAL(done->exit_status, 0);
    }
    void link(const char* target, const char* place) const {
        fs::create_symlink(target, scratch.path() / place);
    }
};

bool mentions(const names& notes, const std::string& what) {
    for (const auto& note : notes) {
        if (note.find(what) != std::string::npos) {
            return true;
        }
    }
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(source_selections)

BOOST_FIXTURE_TEST_CASE(links_to_directories_are_followed_but_not_in_circles, source_tree) {
    scratch.write("p/main.py", "x");
    scratch.write("shared/common/util.py", "x");
    link("../shared/common", "p/common");
    link("../..", "shared/common/up");
    link(".", "p/self");
    const auto got = selected();
    BOOST_TEST((got.paths == names{"common/util.py", "main.py"}));
    BOOST_TEST(mentions(got.notes, "Skipping link self because it leads back"));
    BOOST_TEST(mentions(got.notes, "Skipping link common/up because it leads back"));
}

BOOST_FIXTURE_TEST_CASE(git_lists_a_link_and_what_it_leads_to_is_taken, source_tree) {
    scratch.write("p/main.py", "x");
    scratch.write("shared/util.py", "x");
    link("../shared", "p/common");
    git({"init", "-q"});
    git({"add", "."});
    BOOST_TEST((selected().paths == names{"common/util.py", "main.py"}));
    // The same where a repository knows the other directory, too, and ignores something there.
    scratch.write("shared/data.csv", "x");
    scratch.write("shared/.gitignore", "*.csv\n");
    const auto done = capture_program({"git", "-C", scratch / "shared", "init", "-q"}, environment,
                                      std::chrono::seconds(30));
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST((selected().paths == names{"common/util.py", "main.py"}));
}

BOOST_FIXTURE_TEST_CASE(a_repository_inside_of_another_is_asked_for_its_files, source_tree) {
    scratch.write("p/main.py", "x");
    scratch.write("p/inner/a.py", "x");
    scratch.write("p/inner/.gitignore", "*.log\n");
    scratch.write("p/inner/b.log", "x");
    git({"init", "-q"});
    const auto done = capture_program({"git", "-C", scratch / "p/inner", "init", "-q"}, environment,
                                      std::chrono::seconds(30));
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST((selected().paths == names{"inner/a.py", "main.py"}));
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_copied_is_named, source_tree) {
    scratch.write("p/main.py", "x");
    scratch.write("p/large.txt", std::string((1 << 20) + 1, 'x'));
    link("nowhere", "p/dangling");
    BOOST_REQUIRE_EQUAL(::mkfifo((scratch / "p/pipe").c_str(), 0600), 0);
    const auto got = selected();
    BOOST_TEST((got.paths == names{"main.py"}));
    BOOST_TEST(mentions(got.notes, "Skipping source code file large.txt because it's too big."));
    BOOST_TEST(mentions(got.notes, "file dangling because it is a link that leads nowhere"));
    BOOST_TEST(mentions(got.notes, "file pipe because it is a pipe"));
    rules.rules = {{.include = false, .pattern = "pipe"}, {.include = false, .pattern = "large.*"}};
    BOOST_TEST(selected().notes.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_git_that_fails_is_no_answer, source_tree) {
    scratch.write("p/main.py", "x");
    scratch.write("bin/git", "#!/bin/sh\necho 'fatal: the index is broken' >&2\nexit 128\n");
    ::chmod((scratch / "bin/git").c_str(), 0700);
    environment["PATH"] = scratch / "bin" + ":" + environment["PATH"];
    const auto got = select();
    BOOST_REQUIRE(!got.has_value());
    BOOST_TEST(got.error().context.find("the index is broken") != std::string::npos,
               got.error().context);
    // Rules that leave out all first do not ask.
    rules.rules = {{.include = false, .pattern = "*"}, {.include = true, .pattern = "*.py"}};
    BOOST_TEST((selected().paths == names{"main.py"}));
}

BOOST_FIXTURE_TEST_CASE(the_name_of_a_directory_stands_for_what_is_in_it, source_tree) {
    for (const char* name : {"p/a.py", "p/conf/a.yml", "p/conf/deep/b.yml", "p/src/in/c.py"}) {
        scratch.write(name, "x");
    }
    rules.rules = {{.include = false, .pattern = "conf"}, {.include = true, .pattern = "a.yml"}};
    BOOST_TEST((selected().paths == names{"a.py", "conf/a.yml", "src/in/c.py"}));
    rules.rules = {{.include = false, .pattern = "*"}, {.include = true, .pattern = "src/in"}};
    BOOST_TEST((selected().paths == names{"src/in/c.py"}));
    rules.rules = {{.include = false, .pattern = "conf", .type = "dir"},
                   {.include = true, .pattern = "conf/a.yml"}};
    const auto got = selected();
    BOOST_TEST((got.paths == names{"a.py", "src/in/c.py"}));
    BOOST_TEST((got.skipped == names{"conf/"}));
    BOOST_TEST(got.rules.back() == "include conf/a.yml");
    BOOST_TEST(got.rules.front() == "exclude dir .*");
}

BOOST_AUTO_TEST_SUITE_END()
