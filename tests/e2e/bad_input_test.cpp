// What people get wrong at their own desk: each answer says where, what and what to do next, by the
// right exit code, and no machine was asked.
#include "tests/e2e/scene.hpp"

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

/// A scene whose remote was never met: after every refusal it still has nothing.
struct untouched : scene<over_local> {
    program_result run(std::vector<std::string> words) const {
        words.insert(words.begin(), "run");
        words.insert(words.end(), {"-r", "gpu1", "-y"});
        return me.run(words);
    }
    ~untouched() {
        BOOST_TEST(!fs::exists(place.guild_home()), "the remote's home was made");
        BOOST_TEST(names_in(me.guild_home() + "/runs").empty());
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(an_unknown_remote_is_named_by_every_command) {
    untouched at;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"run", "hello", "-y", "-r", "nowhere"},
          {"runs", "-r", "nowhere"},
          {"runs", "rm", "-y", "-r", "nowhere"},
          {"watch", "-r", "nowhere"},
          {"stop", "-y", "-r", "nowhere"},
          {"ls", "-r", "nowhere"},
          {"cat", "-p", "x", "-r", "nowhere"},
          {"pull", "nowhere", "-y"},
          {"remote", "status", "nowhere"}}) {
        const auto ended = at.me.run(words);
        check_says(ended, 1, {"outrider: remote nowhere is not defined\n", "'outrider remotes'"});
        BOOST_TEST(ended.out == "");
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_operation_is_named) {
    untouched at;
    check_says(at.run({"nope"}), 1,
               {"outrider: operation 'nope' is not defined", "Try 'outrider operations'"});
    check_says(
        at.run({}), 1,
        {"a default operation is not defined for this project", "Try 'outrider operations'"});
    at.me.working_directory = at.me.home();
    check_says(at.run({"nope"}), 1, {"cannot find operation nope", "MODEL:OPERATION"});
}

BOOST_AUTO_TEST_CASE(flags_are_checked_before_anything_is_sent) {
    untouched at;
    check_says(at.run({"hello", "mgs=x"}), 1, {"unsupported flag 'mgs'", "run hello --help-op"});
    check_says(at.run({"hello", "mood=wild"}), 1, {"Unsupported value for 'mood'", "calm", "loud"});
    check_says(at.run({"hello", "times=often"}), 1, {"times", "often", "int"});
    check_says(at.run({"gate"}), 1, {"missing flags", "file", "--help-op"});
    check_says(at.run({"hello", "msg=x", "loud"}), 1, {"loud", "expected NAME=VAL"});
}

BOOST_AUTO_TEST_CASE(a_guild_file_that_does_not_parse_is_named_with_its_line) {
    untouched at;
    at.me.write_project_file("guild.yml", "hello:\n  main: hello\n bad: [\n");
    check_says(at.run({"hello"}), 1, {at.me.project() + "/guild.yml: guild.yml:3:"});
    at.me.write_project_file("guild.yml", "hello:\n  main: hello\n  flags: 7\n");
    check_says(at.run({"hello"}), 1, {at.me.project() + "/guild.yml", "invalid flags value 7"});
    at.me.write_project_file("guild.yml", "just words\n");
    check_says(
        at.run({"hello"}), 1,
        {at.me.project() + "/guild.yml: invalid guildfile data 'just words': expected a mapping"});
    at.me.write_project_file("guild.yml", std::string("hello:\0\n", 8));
    check_says(at.run({"hello"}), 1, {at.me.project() + "/guild.yml"});
}

BOOST_AUTO_TEST_CASE(a_configuration_that_does_not_parse_is_named_with_its_line) {
    untouched at;
    at.me.write_config("remotes:\n  gpu1:\n    type: ssh\n   host: [\n");
    check_says(at.run({"hello"}), 1, {at.me.config() + ":4:"});
    check_says(at.me.run({"remotes"}), 1, {at.me.config() + ":4:"});
    at.me.write_config("remotes: 3\n");
    check_says(at.run({"hello"}), 1, {at.me.config(), "remotes"});
    at.me.write_config("remotes:\n  gpu1:\n    extends: ghost\n");
    check_says(at.run({"hello"}), 1, {"cannot find 'ghost' in " + at.me.config()});
}

BOOST_AUTO_TEST_CASE(a_remote_that_is_not_whole_is_refused) {
    untouched at;
    const auto remote = [&](const std::string& keys) {
        at.me.write_config("remotes:\n  gpu1:\n" + keys);
        return at.run({"hello"});
    };
    check_says(remote("    type: ssh\n"), 1, {"remote gpu1 is missing required config: host"});
    check_says(remote("    host: h\n"), 1, {"remote gpu1 is missing required config: type"});
    check_says(remote("    type: gopher\n    host: h\n"), 1,
               {"remote gpu1 has unsupported type: gopher"});
    check_says(remote("    type: ssh\n    host: h\n    port: 99999\n"), 1,
               {"remote gpu1: port", "99999", at.me.config()});
    check_says(remote("    type: ssh\n    host: h\n    host-keys: whatever\n"), 1,
               {"host-keys must be strict, accept-new or ask", "whatever"});
    check_says(remote("    type: ssh\n    host: -oProxyCommand=x\n"), 1, {"host must not begin"});
    check_says(remote("    type: ssh\n    host: h\n    private-key: /no/such/key\n"
                      "    ssh-config: none\n"),
               1, {"gpu1", "/no/such/key"});
}

BOOST_AUTO_TEST_CASE(an_inline_spec_that_does_not_parse_shows_the_form) {
    untouched at;
    for (const std::string spec : {"ssh:", "ssh:@host", "ssh:host:70000", "ssh:[::1", "ssh:a b"}) {
        check_says(at.me.run({"runs", "-r", spec}), 1,
                   {"invalid ssh spec '" + spec.substr(4) + "'", "[USER@]HOST[:PORT][:ENV_PATH]"});
    }
    check_says(at.me.run({"runs", "-r", "gopher:host"}), 1, {"unknown remote type 'gopher'"});
}

BOOST_AUTO_TEST_CASE(wrong_usage_exits_with_2) {
    untouched at;
    check_says(at.me.run({"runs", "--no-such-option"}), 2, {"--no-such-option", "--help"});
    check_says(at.me.run({"frobnicate"}), 2, {"frobnicate", "--help"});
    check_says(at.me.run({"pull"}), 2, {"REMOTE", "--help"});
    check_says(at.me.run({"stop", "--timeout", "soon"}), 2, {"soon"});
}

BOOST_AUTO_TEST_CASE(homes_and_directories_that_do_not_exist_are_named) {
    untouched at;
    check_says(at.me.run({"-H", "/no/such/home", "runs"}), 1,
               {"directory '/no/such/home' does not exist"});
    check_says(at.me.run({"-C", "/no/such/directory", "operations"}), 1,
               {"directory '/no/such/directory' does not exist"});
}

BOOST_AUTO_TEST_CASE(a_run_that_does_not_exist_or_is_ambiguous_is_named) {
    scene<over_local> at;
    check_says(at.me.run({"watch", "-r", "gpu1"}), 1, {"nothing to watch", "outrider watch RUN"});
    check_says(at.me.run({"stop", "-r", "gpu1", "-y"}), 0, {"Nothing to stop."});
    check_says(at.me.run({"pull", "gpu1", "-y"}), 0, {"No runs to copy."});
    check_says(at.me.run({"runs", "rm", "-r", "gpu1", "-y"}), 0, {"Nothing to delete."});
    for (const char* name : {"abcdef01", "abcdef02"}) {
        const std::string run =
            at.place.guild_home() + "/runs/" + name + std::string(24, '0') + "/.guild";
        fs::create_directories(run + "/attrs");
        write_file(run + "/opref", "guildfile:/p/guild.yml 1 '' old");
        write_file(run + "/attrs/exit_status", "0\n");
    }
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"watch", "9f9f", "-r", "gpu1"},
          {"ls", "9f9f", "-r", "gpu1"},
          {"cat", "9f9f", "-p", "x", "-r", "gpu1"},
          {"stop", "9f9f", "-r", "gpu1", "-y"},
          {"runs", "rm", "9f9f", "-r", "gpu1", "-y"},
          {"pull", "gpu1", "9f9f", "-y"}}) {
        check_says(at.me.run(words), 1,
                   {"could not find a run matching '9f9f'", "'outrider runs list'"});
    }
    check_says(at.me.run({"ls", "abcdef", "-r", "gpu1"}), 1,
               {"'abcdef' matches multiple runs:", "abcdef01", "abcdef02"});
}

BOOST_AUTO_TEST_SUITE_END()
