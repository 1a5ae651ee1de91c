#include "cli/completion/complete.hpp"
#include "cli/completion/scripts.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::cli;

namespace {

using words = std::vector<std::string>;

// Knows two operations, two flags, two runs on each machine and two remotes.
std::vector<completion_candidate> known(const invocation&, const completion_query& query) {
    switch (query.kind) {
    case completion_kind::operations:
        return {{"train", "Trains"}, {"test", ""}};
    case completion_kind::flags:
        return query.operation == "test"
                   ? std::vector<completion_candidate>{{"x=", ""}}
                   : std::vector<completion_candidate>{{"lr=", "rate"}, {"mood=", ""}};
    case completion_kind::flag_values:
        return query.flag == "mood" ? std::vector<completion_candidate>{{"calm", ""}, {"loud", ""}}
                                    : std::vector<completion_candidate>{};
    case completion_kind::runs:
        return {{"aa" + query.remote + (query.deleted ? "-trash" : ""), ""},
                {"bb" + query.remote, ""}};
    case completion_kind::remotes:
        return {{"gpu1", "the first"}, {"gpu2", ""}};
    }
    return {};
}

offer offered(const words& typed) {
    return complete("outrider", typed, known);
}

std::string texts(const words& typed) {
    std::string all;
    for (const auto& each : offered(typed).words) {
        all += (all.empty() ? "" : " ") + each.text;
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_completion)

BOOST_AUTO_TEST_CASE(words_are_what_may_stand_there) {
    const struct {
        words typed;
        const char* offered;
    } cases[] = {
        {{"wat"}, "watch"},
        {{"runs", "res"}, "restore"},
        {{"-C", "/x", "rem"}, "remotes remote"},
        {{"remote", "statu"}, "status"},
        {{"nonsense", ""}, ""},
        // options
        {{"runs", "list", "--lim"}, "--limit"},
        {{"runs", "--lim"}, "--limit"},
        {{"--ver"}, "--version"},
        {{"ls", "--no-c"}, "--no-color"},
        {{"pull", "gpu1", "--dr"}, "--dry-run"},
        {{"sync", "--dr"}, "--dry-run"},
        {{"run", "--", "--no"}, ""},
        // values of options
        {{"runs", "-r", ""}, "gpu1 gpu2"},
        {{"runs", "--remote=gpu2"}, "--remote=gpu2"},
        {{"runs", "-r", "box,gpu"}, "box,gpu1 box,gpu2"},
        {{"runs", "--remote=gpu1,"}, "--remote=gpu1,gpu1 --remote=gpu1,gpu2"},
        {{"runs", "-nr", ""}, "aa bb"}, // -n takes "r"
        {{"--color", "al"}, "always"},
        {{"ls", "--color", "al"}, "always"},
        {{"completion", "--shell", "z"}, "zsh"},
        // operations and flags
        {{"run", "t"}, "train test"},
        {{"run", ""}, "train test lr= mood="},
        {{"run", "train", ""}, "lr= mood="},
        {{"run", "-y", "test", ""}, "x="},
        {{"run", "train", "lr=1", ""}, "mood="},
        {{"run", "train", "mood="}, "mood=calm mood=loud"},
        {{"run", "train", "mood=l"}, "mood=loud"},
        {{"run", "-l", "train", "te"}, "test"},
        // runs
        {{"stop", ""}, "aa bb"},
        {{"stop", "aa", "b"}, "bb"},
        {{"watch", "-r", "gpu1", ""}, "aagpu1 bbgpu1"},
        {{"runs", "rm", "--remote=gpu1", "a"}, "aagpu1"},
        {{"runs", "list", "-d", "a"}, "aa-trash"},
        {{"runs", "a"}, "aa"},
        {{"runs", "restore", "a"}, "aa-trash"},
        {{"runs", "purge", "-r", "gpu1", "a"}, "aagpu1-trash"},
        {{"runs", "pull", "gpu1", "a"}, "aagpu1"},
        // of this machine, whatever remote is named
        {{"push", "gpu1", "a"}, "aa"},
        {{"sync", "-r", "gpu1", "a"}, "aa"},
        // remotes by position
        {{"pull", ""}, "gpu1 gpu2"},
        {{"pull", "gpu1", ""}, "aagpu1 bbgpu1"},
        // help
        {{"help", "com"}, "compare comment completion"},
        {{"help", "remote", "stat"}, "status"},
    };
    for (const auto& c : cases) {
        std::string line;
        for (const auto& word : c.typed) {
            line += " '" + word + "'";
        }
        BOOST_TEST_CONTEXT(line) {
            BOOST_TEST(texts(c.typed) == c.offered);
        }
    }
}

BOOST_AUTO_TEST_CASE(files_are_left_to_the_shell) {
    BOOST_TEST(offered({"-H", ""}).files);
    BOOST_TEST(offered({"run", "train", "data="}).files);
    BOOST_TEST(!offered({"run", "train", "mood="}).files);
    BOOST_TEST(!offered({"stop", ""}).files);
}

BOOST_AUTO_TEST_CASE(each_shell_has_its_lines) {
    const offer made{.words = {{"a:b", "what it is"}, {"c=", ""}, {"two\nlines", ""}}};
    BOOST_TEST(offer_lines("bash", made) == "a:b\nc=\n");
    BOOST_TEST(offer_lines("zsh", made) == "a\\:b:what it is\nc=\n");
    BOOST_TEST(offer_lines("fish", made) == "a:b\twhat it is\nc=\n");
    BOOST_TEST(offer_lines("fish", {.words = {}, .files = true}) == ":files\n");
}

BOOST_AUTO_TEST_CASE(scripts_go_to_the_places_of_their_shells) {
    const std::map<std::string, std::string> plain{{"HOME", "/h"}, {"SHELL", "/bin/fish"}};
    BOOST_TEST(shell_of_user(plain) == "fish");
    BOOST_TEST(shell_of_user({{"SHELL", "/bin/dash"}}) == "bash");
    BOOST_TEST(target_of_script("bash", "guild", plain).file ==
               "/h/.local/share/bash-completion/completions/guild");
    BOOST_TEST(
        target_of_script("fish", "guild", {{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/c"}}).file ==
        "/c/fish/completions/guild.fish");
    BOOST_TEST(target_of_script("zsh", "guild", plain).file ==
               "/h/.local/share/zsh/site-functions/_guild");
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const auto script = completion_script(shell, "my-guild");
        BOOST_TEST(script.find("my-guild") != std::string::npos);
        BOOST_TEST(script.find("{program}") == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
