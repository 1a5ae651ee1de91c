// What is named a secret, or looks like one, stays where it was given: it is looked for in
// everything that is written, sent and printed.
#include "tests/e2e/scene.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

/// Part of every planted value, and of nothing else.
constexpr char planted[] = "PLANTED";

constexpr char project[] = "keep:\n"
                           "  exec: sh -c 'case \"$PIN $API_TOKEN\" in "
                           "*-pin\\ *-token) echo had both;; esac'\n"
                           "  env-secrets: PIN\n"
                           "  flags: {x: 1}\n";

constexpr char telling_project[] = "keep:\n"
                                   "  exec: sh -c 'case \"$PIN $API_TOKEN\" in "
                                   "*-pin\\ *-token) echo had both;; esac'\n"
                                   "  env: {PIN: PLANTED-pin, API_TOKEN: PLANTED-token, A: b}\n"
                                   "  env-secrets: [PIN]\n"
                                   "  flags: {x: 1}\n"
                                   "line:\n"
                                   "  steps: [keep, keep x=4]\n";

// A project that tells secrets itself is no place to look, wherever it is source code.
bool is_of_project(const fs::path& file) {
    return file.filename() == "guild.yml";
}

// The places of a run that has yet to give them to an operation, in its home.
bool is_kept(const fs::path& file) {
    const auto& path = file.native();
    return (has(path, "/runs/") && (path.ends_with("/.guild/outrider/secrets.json") ||
                                    path.ends_with("/.guild/outrider/children"))) ||
           (has(path, "/packages/") && path.ends_with("/files/children"));
}

std::vector<std::string> files_with_secrets(const std::string& directory) {
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(directory, error)) {
        if (!entry.is_regular_file(error) || is_of_project(entry.path()) || is_kept(entry.path())) {
            continue;
        }
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        if (has(bytes, planted)) {
            out.push_back(entry.path().native());
        }
    }
    return out;
}

void check_no_secrets_in(const std::string& directory) {
    for (const auto& file : files_with_secrets(directory)) {
        BOOST_ERROR("a secret is in " + file);
    }
}

/// Runs a command that must succeed, and finds no secret in what it says.
program_result say(const outrider_program& me, const std::vector<std::string>& words) {
    auto ended = me.run(words);
    check_exit(ended, 0);
    // The command of the operation is no secret.
    std::string said = ended.out + ended.err;
    for (const std::string known : {"PLANTED-pin &&", "PLANTED-pin \\u0026\\u0026",
                                    "PLANTED-token &&", "= PLANTED-pin", "= PLANTED-token"}) {
        for (auto at = said.find(known); at != said.npos; at = said.find(known)) {
            said.erase(at, known.size());
        }
    }
    std::string command;
    for (const auto& word : words) {
        command += word + " ";
    }
    BOOST_TEST(!has(said, planted), command << "says:\n" << ended.out << ended.err);
    return ended;
}

void say_all(const outrider_program& me, const std::vector<std::vector<std::string>>& commands) {
    for (const auto& words : commands) {
        say(me, words);
    }
}

/// Whatever sends runs elsewhere; what is compressed is looked at as it is unpacked.
void say_what_leaves(const outrider_program& me) {
    const std::string exported = me.directory() / "exported";
    const std::string other = me.directory() / "other";
    fs::create_directories(other);
    say_all(me, {{"runs", "--json"},
                 {"runs", "info", "-e", "--json"},
                 {"pull", "gpu1", "-y", "--json"},
                 {"export", exported, "-y"},
                 {"export", exported + ".zip", "-y"},
                 {"archive", "kept", "--create", "--copy", "-y"},
                 {"-H", other, "import", exported + ".zip", "-y"}});
}

} // namespace

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(planted_secrets_are_in_nothing_that_leaves) {
    scene<over_local> at;
    at.me.write_project_file("guild.yml", project);
    at.me.environment["PIN"] = "PLANTED-pin";
    at.me.environment["API_TOKEN"] = "PLANTED-token";
    at.me.environment["OUTRIDER_LOG"] = at.me.directory() / "log";

    BOOST_TEST(has(say(at.me, {"--debug", "run", "keep", "-y"}).out, "had both"));
    say(at.me, {"run", "keep", "-y", "-r", "gpu1"});
    const auto staged = say(at.me, {"run", "keep", "x=2", "--stage", "-y"});
    const auto id = run_id_in(staged.out + staged.err);
    say(at.me, {"run", "keep", "x=3", "--stage", "-y", "-r", "gpu1"});

    say_all(at.me, {{"runs", "-v", "-r", "gpu1"},
                    {"runs", "info", "1", "-e", "--private-attrs", "--json"},
                    {"select", "--attr", "env", "2"},
                    {"run", "keep", "--print-cmd"},
                    {"push", "gpu1", "-y", "--json"}});
    say_what_leaves(at.me);
    check_exit(at.me.run({"serve", "--detach"}), 0);
    say(at.me, {"runs", "info", "-e", "--json", "-r", "gpu1"});
    say(at.me, {"runs", "--json"});
    check_exit(at.me.run({"serve", "stop"}), 0);

    // A staged run needs them at its start, on its machine, by its owner: that one file has them.
    const std::string hidden = at.me.run_directory(id) + "/.guild/outrider/secrets.json";
    if (fs::exists(
            hidden)) { // the environment of this machine's own runs comes from who starts them
        BOOST_TEST(((fs::status(hidden).permissions() &
                     (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none));
    }
    BOOST_TEST(has(say(at.me, {"run", "--start", id, "-y"}).out, "had both"));
    check_no_secrets_in(at.me.directory().path());
    check_no_secrets_in(at.place.guild_home());
}

BOOST_AUTO_TEST_CASE(secrets_that_a_project_tells_are_in_none_of_its_runs) {
    scene<over_local> at;
    at.me.write_project_file("guild.yml", telling_project);
    BOOST_TEST(has(say(at.me, {"run", "keep", "-y"}).out, "had both"));
    const auto id = run_id_in(say(at.me, {"runs", "--json"}).out);
    BOOST_TEST(has(read_file(at.me.run_directory(id) + "/.guild/attrs/op"), "A: b"));
    // Starting again needs them once more.
    BOOST_TEST(has(say(at.me, {"run", "--restart", id, "x=9", "-y"}).out, "had both"));
    BOOST_TEST(count_of("had both",
                        say(at.me, {"run", "keep", "x=[1,2]", "-y", "--keep-batch"}).out) == 2);
    BOOST_TEST(count_of("had both", say(at.me, {"run", "line", "-y"}).out) == 2);
    say(at.me, {"run", "keep", "-y", "-r", "gpu1"});
    say(at.me, {"run", "keep", "x=3", "--stage", "-y"});
    say_all(at.me, {{"runs", "info", "-e", "--private-attrs", "--json"}, {"help"}});
    say_what_leaves(at.me);
    const std::string home = fs::path(at.me.run_directory("x")).parent_path();
    for (const auto& entry : fs::recursive_directory_iterator(at.me.directory().path())) {
        const auto& path = entry.path().native();
        BOOST_TEST((entry.path().filename() != "children" || path.starts_with(home) ||
                    has(path, "/packages/")),
                   path);
    }
    check_no_secrets_in(at.me.directory().path());
    check_no_secrets_in(at.place.guild_home());
}

BOOST_AUTO_TEST_SUITE_END()
