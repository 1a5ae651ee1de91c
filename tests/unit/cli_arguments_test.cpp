#include "cli/arguments.hpp"
#include "engine/json/described_json.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::cli;

namespace {

using words = std::vector<std::string>;

std::string joined(const words& all) {
    std::string text;
    for (const auto& word : all) {
        text += word + " ";
    }
    return text;
}

invocation parsed(const words& typed) {
    const auto got = parse_arguments("guild", typed);
    if (const auto* ended = std::get_if<early_end>(&got)) {
        BOOST_REQUIRE_MESSAGE(false, joined(typed) << ended->out << ended->err);
    }
    return std::get<invocation>(got);
}

early_end refused(const words& typed) {
    const auto got = parse_arguments("guild", typed);
    BOOST_REQUIRE_MESSAGE(std::holds_alternative<early_end>(got), joined(typed));
    return std::get<early_end>(got);
}

// Commands are equal when all that they say is.
template <class Command>
void check(const words& typed, const Command& expected) {
    BOOST_TEST_CONTEXT(joined(typed)) {
        const auto got = parsed(typed);
        BOOST_REQUIRE(std::holds_alternative<Command>(got.what));
        BOOST_TEST(protocol::encode(std::get<Command>(got.what)) == protocol::encode(expected));
        if constexpr (requires { expected.remote; }) {
            BOOST_TEST(got.remote == expected.remote);
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_arguments)

BOOST_AUTO_TEST_CASE(filters) {
    list_command listed;
    listed.selection = {.runs = {"1"},
                        .filter = {.expressions = {"lr < 1", "x = 2"},
                                   .operations = {"train", "eval"},
                                   .labels = {"-"},
                                   .tags = {"a"},
                                   .comments = {"x"},
                                   .marked = true,
                                   .started = "last hour",
                                   .digest = "abc",
                                   .states = {run_state::error, run_state::terminated},
                                   .not_states = {run_state::running}}};
    check({"runs", "1",    "-F",        "lr < 1", "-F",  "x = 2", "-Fo",          "train",
           "-Fo",  "eval", "-Fl",       "-",      "-Ft", "a",     "-Fc",          "x",
           "-Fm",  "-Fs",  "last hour", "-Fd",    "abc", "-Set",  "--not-running"},
          listed);
}

BOOST_AUTO_TEST_CASE(run) {
    check({"run"}, run_command{});
    check({"run", "sleep", "seconds=0", "-r", "guild-uat", "-y"},
          run_command{.remote = "guild-uat", .operation = "sleep", .flags = {"seconds=0"}});
    check({"run", "lr=0.1", "x=-1"}, run_command{.flags = {"lr=0.1", "x=-1"}});
    check({"run", "train", "x=[1, 2]", "s=a b", "empty="},
          run_command{.operation = "train", .flags = {"x=[1, 2]", "s=a b", "empty="}});
    check({"run", "--remote=r", "--no-wait", "train", "-l", "my label", "-t", "a", "--tag", "b",
           "x=1"},
          run_command{.remote = "r",
                      .operation = "train",
                      .flags = {"x=1"},
                      .label = "my label",
                      .tags = {"a", "b"},
                      .no_wait = true});
    check({"run", "-l", "", "m:op"}, run_command{.operation = "m:op", .label = ""});
    check({"run", "-l", "-1"}, run_command{.label = "-1"});
    check({"run", "-l", "[a,b]"}, run_command{.label = "[a,b]"});
    check({"run", "-t", "[a,b]"}, run_command{.tags = {"[a,b]"}});
    // Names of commands are operations here.
    check({"run", "stop"}, run_command{.operation = "stop"});
    check({"run", "remote", "status"}, run_command{.operation = "remote", .flags = {"status"}});
}

BOOST_AUTO_TEST_CASE(runs) {
    check({"runs"}, list_command{});
    check({"runs", "list"}, list_command{});
    check({"runs", "ls", "-r", "R"}, list_command{.remote = "R"});
    check({"runs", "-r", "R"}, list_command{.remote = "R"});
    check({"runs", "-a"}, list_command{.limit = 0});
    check({"runs", "-m"}, list_command{.limit = 40});
    check({"runs", "-mm"}, list_command{.limit = 60});
    check({"runs", "-m", "--more"}, list_command{.limit = 60});
    check({"runs", "-n", "5"}, list_command{.limit = 5, .limited = true});
    check({"runs", "-n5", "--deleted"}, list_command{.limit = 5, .limited = true, .deleted = true});
    check({"runs", "--limit=7", "3f2a", "1:3"},
          list_command{.selection = {.runs = {"3f2a", "1:3"}}, .limit = 7, .limited = true});
    BOOST_TEST(parsed({"runs", "-s"}).run_table.simplified);
    BOOST_TEST(!parsed({"runs"}).run_table.simplified);
}

BOOST_AUTO_TEST_CASE(a_command_after_options_of_the_list_is_no_command) {
    // `runs -r R rm` must never delete runs of this machine.
    check({"runs", "-r", "R", "rm"}, list_command{.remote = "R", .selection = {.runs = {"rm"}}});
    check({"runs", "1", "rm"}, list_command{.selection = {.runs = {"1", "rm"}}});
}

BOOST_AUTO_TEST_CASE(deleting) {
    check({"runs", "rm", "-r", "R", "-y"}, delete_command{.remote = "R"});
    check({"runs", "delete", "1:3", "abc", "-p"},
          delete_command{.selection = {.runs = {"1:3", "abc"}}, .permanent = true});
    check({"runs", "rm", "list"}, delete_command{.selection = {.runs = {"list"}}});
    BOOST_TEST(parsed({"runs", "rm", "-y"}).assume_yes);
    BOOST_TEST(parsed({"runs", "rm", "--yes"}).assume_yes);
    BOOST_TEST(!parsed({"runs", "rm"}).assume_yes);
}

BOOST_AUTO_TEST_CASE(watching_and_stopping) {
    check({"watch"}, watch_command{});
    check({"watch", "1", "-r", "R"}, watch_command{.remote = "R", .selection = {.runs = {"1"}}});
    check({"watch", "1", "3", "-r", "a,b", "--timestamps"},
          watch_command{.remote = "a,b", .selection = {.runs = {"1", "3"}}, .timestamps = true});
    check({"watch", "--all", "--no-follow", "--tail", "5"},
          watch_command{.tail = 5, .all = true, .no_follow = true});
    check({"stop"}, stop_command{});
    check({"stop", "-r", "R", "-y"}, stop_command{.remote = "R"});
    check({"runs", "stop", "1", "2"}, stop_command{.selection = {.runs = {"1", "2"}}});
    check({"stop", "-nf", "--timeout", "0", "1"},
          stop_command{
              .selection = {.runs = {"1"}}, .force = true, .timeout_seconds = 0, .no_wait = true});
}

BOOST_AUTO_TEST_CASE(files) {
    check({"ls"}, ls_command{});
    check({"ls", "-nap", "LOCK*"}, ls_command{.path = "LOCK*", .all = true});
    check({"ls", "-np", ".guild/LOCK*", "-r", "R"},
          ls_command{.remote = "R", .path = ".guild/LOCK*"});
    check(
        {"ls", "2", "--path=-x", "-aL"},
        ls_command{.selection = {.runs = {"2"}}, .path = "-x", .all = true, .follow_links = true});
    BOOST_TEST(parsed({"ls", "-nap", "x"}).file_list.no_format);
    BOOST_TEST(parsed({"ls", "-f"}).file_list.full_paths);
    check({"cat", "-p", ".guild/attrs/exit_status"},
          cat_command{.path = ".guild/attrs/exit_status"});
    check({"cat", "1", "-O", "-r", "R"},
          cat_command{.remote = "R", .selection = {.runs = {"1"}}, .output = true});
}

BOOST_AUTO_TEST_CASE(remotes_and_pulls) {
    check({"pull", "guild-uat", "-y"}, pull_command{.remote = "guild-uat"});
    check({"runs", "pull", "R", "1:3", "abc", "-d"},
          pull_command{.remote = "R", .selection = {.runs = {"1:3", "abc"}}, .delete_extra = true});
    check({"pull", "R", "--dry-run"}, pull_command{.remote = "R", .dry_run = true});
    check({"push", "R", "-n", "--dry-run"},
          push_command{.remote = "R", .delete_extra = true, .dry_run = true});
    check({"sync", "--dry-run"}, sync_command{.dry_run = true});
    check({"remotes"}, remotes_command{});
    check({"remote", "status", "ssh:me@host:22"},
          remote_status_command{.remote = "ssh:me@host:22"});
}

BOOST_AUTO_TEST_CASE(options_of_the_program_stand_before_the_command) {
    const auto got = parsed({"-H", "/home/runs", "--cwd", "project", "--debug", "runs", "rm"});
    BOOST_TEST(got.guild_home == "/home/runs");
    BOOST_TEST(got.directory == "project");
    BOOST_TEST(got.debug);
    BOOST_TEST(got.program == "guild");
    BOOST_TEST(got.command_name == "runs rm");
    BOOST_TEST(parsed({"-C", "runs", "ls"}).command_name == "ls");
    BOOST_TEST(parsed({"runs"}).command_name == "runs list");
    BOOST_TEST(parsed({"runs", "delete"}).command_name == "runs rm");
    BOOST_TEST(parsed({"remote", "status", "R"}).command_name == "remote status");
}

BOOST_AUTO_TEST_CASE(usage_errors_say_what_and_where_help_is_and_end_with_2) {
    const struct {
        words typed;
        const char* text;
    } cases[] = {
        {{"bogus"},
         "guild: unrecognized command 'bogus'\nTry 'guild --help' for more information.\n"},
        {{"--bogus", "runs"},
         "guild: unrecognized option '--bogus'\nTry 'guild --help' for more information.\n"},
        {{"runs", "rm", "--bogus=1"},
         "guild: unrecognized option '--bogus'\nTry 'guild runs rm --help' for more "
         "information.\n"},
        {{"stop", "-Sr"},
         "guild: unrecognized option '-Sr'\nTry 'guild stop --help' for more information.\n"},
        {{"watch", "--all", "1"},
         "guild: --all and RUN or -p/--pid exclude each other\n"
         "Try 'guild watch --help' for more information.\n"},
        {{"remotes", "x"},
         "guild: unexpected argument 'x'\nTry 'guild remotes --help' for more information.\n"},
        {{"cat", "-O", "-p", "x"},
         "guild: -p/--path and -O/--output exclude each other\nTry "
         "'guild cat --help' for more information.\n"},
        {{"runs", "-n", "x"},
         "guild: invalid value for --limit: 'x' is not a whole number from 1\nTry 'guild runs "
         "list --help' for more information.\n"},
        {{"runs", "-n", "0"},
         "guild: invalid value for --limit: '0' is not a whole number from 1\nTry 'guild runs "
         "list --help' for more information.\n"},
        {{"stop", "--timeout", "-1"},
         "guild: invalid value for --timeout: '-1' is not a whole number from 0\nTry "
         "'guild stop --help' for more information.\n"},
        {{"run", "-l"},
         "guild: option --label requires an argument\nTry 'guild run --help' for more "
         "information.\n"},
        {{"run", "-t"},
         "guild: option --tag requires an argument\nTry 'guild run --help' for more "
         "information.\n"},
        {{"-H"},
         "guild: option -H requires an argument\nTry 'guild --help' for more information.\n"},
        {{"pull"},
         "guild: missing argument for REMOTE\nTry 'guild pull --help' for more information.\n"},
        {{"remote"},
         "guild: a command is needed\nTry 'guild remote --help' for more information.\n"},
        {{"remote", "x"},
         "guild: unrecognized command 'x'\nTry 'guild remote --help' for more information.\n"},
    };
    for (const auto& c : cases) {
        const auto got = refused(c.typed);
        BOOST_TEST(got.err == c.text);
        BOOST_TEST(got.out.empty());
        BOOST_TEST(got.exit_code == 2);
    }
}

BOOST_AUTO_TEST_CASE(every_command_has_help_with_a_usage_line_and_examples) {
    const words commands[] = {
        {},     {"run"}, {"runs"}, {"runs", "list"}, {"runs", "rm"}, {"watch"},           {"stop"},
        {"ls"}, {"cat"}, {"pull"}, {"remotes"},      {"remote"},     {"remote", "status"}};
    for (auto typed : commands) {
        const std::string name = "guild " + joined(typed);
        typed.emplace_back("--help");
        const auto got = refused(typed);
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(got.exit_code == 0);
            BOOST_TEST(got.err.empty());
            BOOST_TEST(got.out.find("Usage: " + name) != std::string::npos);
            BOOST_TEST(got.out.find("Examples:\n  guild ") != std::string::npos);
            BOOST_TEST(got.out.find('{') == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_words_show_the_help_and_version_shows_the_called_name) {
    BOOST_TEST(refused({}).out == refused({"--help"}).out);
    BOOST_TEST(refused({"--version"}).out.starts_with("guild 0."));
    BOOST_TEST(refused({"--version"}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(the_name_in_messages_is_the_last_part_of_what_was_called) {
    BOOST_TEST(program_name("/usr/bin/guild") == "guild");
    BOOST_TEST(program_name("./outrider") == "outrider");
    BOOST_TEST(program_name("") == "outrider");
    BOOST_TEST(program_name(nullptr) == "outrider");
    BOOST_TEST(with_names("'{program} runs' {command} {program}", "guild", "ls") ==
               "'guild runs' ls guild");
    BOOST_TEST(with_names("{program}", "{program}", "") == "{program}");
}

BOOST_AUTO_TEST_CASE(a_word_that_names_another_command_changes_nothing) {
    // Only commands whose names are words of the command line are made; these are more.
    check({"runs", "serve"}, list_command{.selection = {.runs = {"serve"}}});
    BOOST_TEST(parsed({"runs", "rm", "label"}).command_name == "runs rm");
    BOOST_TEST(parsed({"ops", "runs"}).command_name == "operations");
    BOOST_TEST(parsed({"-C", "run", "runs"}).command_name == "runs list");
    // Help and complaints know all commands.
    BOOST_TEST(refused({"--help", "run"}).out == refused({"run", "--help"}).out);
    BOOST_TEST(refused({"runs", "rm", "--help"}).out == refused({"help", "runs", "rm"}).out);
    BOOST_TEST(refused({"rnu", "run"}).err ==
               "guild: unrecognized command 'rnu'\nTry 'guild --help' for more information.\n");
}

BOOST_AUTO_TEST_SUITE_END()
