// Options of the whole program, the streams, colour, help and the manual page.
#include "cli/arguments.hpp"
#include "cli/exit_codes.hpp"
#include "cli/render/renderer.hpp"
#include "cli/session.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace outrider;
using namespace outrider::cli;

namespace {

using words = std::vector<std::string>;

invocation parsed_habit(const words& typed) {
    const auto got = parse_arguments("guild", typed);
    const auto* ended = std::get_if<early_end>(&got);
    BOOST_REQUIRE_MESSAGE(ended == nullptr, (ended != nullptr ? ended->out + ended->err : ""));
    return std::get<invocation>(got);
}

early_end ended(const words& typed) {
    const auto got = parse_arguments("guild", typed);
    BOOST_REQUIRE(std::holds_alternative<early_end>(got));
    return std::get<early_end>(got);
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_habits)

BOOST_AUTO_TEST_CASE(options_of_the_program_stand_before_or_after_the_command) {
    for (const auto& typed : {words{"-q", "runs"}, words{"runs", "-q"}, words{"runs", "list", "-q"},
                              words{"runs", "1", "--quiet", "2"}, words{"runs", "-qa"}}) {
        BOOST_TEST(parsed_habit(typed).quiet);
    }
    BOOST_TEST(parsed_habit({"stop", "-qy"}).assume_yes);
    BOOST_TEST(parsed_habit({"stop", "-vvy"}).verbosity == 2);
    BOOST_TEST(parsed_habit({"-v", "stop", "-v"}).verbosity == 2);
    BOOST_TEST(parsed_habit({"runs", "--debug"}).debug);
    BOOST_TEST(parsed_habit({"run", "x", "-H", "/h", "a=1"}).guild_home == "/h");
    BOOST_TEST(parsed_habit({"run", "x", "-H/h"}).guild_home == "/h");
    BOOST_TEST(parsed_habit({"run", "x", "--cwd=/d"}).directory == "/d");
    const auto run = parsed_habit({"run", "x", "-C", "/d", "a=1", "--color", "never"});
    BOOST_TEST(run.directory == "/d");
    BOOST_TEST((run.colour == colour_choice::never));
    BOOST_TEST(std::get<run_command>(run.what).flags == words{"a=1"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(values_and_what_a_command_has_itself_stay_its_own) {
    BOOST_TEST(std::get<run_command>(parsed_habit({"run", "-l", "-q"}).what).label.value() == "-q");
    BOOST_TEST(!parsed_habit({"run", "-l", "-q"}).quiet);
    // `remote status` has a -v of its own.
    BOOST_TEST(parsed_habit({"remote", "status", "r", "-v"}).verbose);
    BOOST_TEST(parsed_habit({"remote", "status", "r", "-v"}).verbosity == 0);
    BOOST_TEST(parsed_habit({"-v", "remote", "status", "r"}).verbosity == 1);
}

BOOST_AUTO_TEST_CASE(json_lists_everything) {
    const auto listing = std::get<list_command>(parsed_habit({"runs", "--json", "-n", "3"}).what);
    BOOST_TEST(listing.limit == 0);
    BOOST_TEST(listing.details);
}

BOOST_AUTO_TEST_CASE(usage_errors_are_json_where_it_is_asked_for) {
    const auto wrong = ended({"runs", "--json", "--bad"});
    BOOST_TEST(wrong.exit_code == 2);
    BOOST_TEST(wrong.err == "");
    BOOST_TEST(has(wrong.out, "\"code\":\"usage\""));
    BOOST_TEST(has(wrong.out, "unrecognized option '--bad'"));
    BOOST_TEST(ended({"runs", "--bad"}).out == "");
    BOOST_TEST(ended({"--color", "blue", "runs"}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(colour_is_for_terminals_unless_somebody_says_otherwise) {
    using enum colour_choice;
    const struct {
        std::map<std::string, std::string> environment;
        bool terminal;
        colour_choice wanted;
        bool coloured;
    } cases[] = {
        {{}, true, automatic, true},
        {{}, false, automatic, false},
        {{{"NO_COLOR", "1"}}, true, automatic, false},
        {{{"NO_COLOR", ""}}, true, automatic, true},
        {{{"NO_COLOR", "1"}}, false, always, true},
        {{{"TERM", "dumb"}}, true, automatic, false},
        {{{"CLICOLOR", "0"}}, true, automatic, false},
        {{{"CLICOLOR", "1"}}, false, automatic, false},
        {{{"CLICOLOR_FORCE", "1"}}, false, automatic, true},
        {{{"CLICOLOR_FORCE", "0"}}, false, automatic, false},
        {{{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}, false, automatic, false},
        {{}, true, never, false},
    };
    for (const auto& c : cases) {
        BOOST_TEST(wants_colour(c.terminal, c.wanted, c.environment) == c.coloured);
        const auto screen = terminal_of(c.terminal, false, 80, c.environment, c.wanted);
        BOOST_TEST(screen.colour == c.coloured);
        BOOST_TEST(screen.width.has_value() == c.terminal);
    }
}

BOOST_AUTO_TEST_CASE(quiet_leaves_results_and_what_is_wrong) {
    const invocation asked{.program = "guild", .what = watch_command{}, .quiet = true};
    std::ostringstream out;
    std::ostringstream err;
    const auto shown = make_presenter(asked, {}, out, err);
    const run_row row{.index = 1, .id = "id", .operation = "train"};
    const std::vector<event> events{run_progress{},
                                    watch_started{},
                                    note{.text = "known"},
                                    runs_deleted{},
                                    runs_edited{},
                                    run_copying{},
                                    nothing_selected{},
                                    run_ended{.run = row},
                                    stop_progress{.run_id = "x", .pid = 3},
                                    runs_listed{.rows = {row}, .total = 9}};
    for (const auto& each : events) {
        shown->show(each, {});
    }
    BOOST_TEST(out.str() == "[1:id]  train    error  \n");
    BOOST_TEST(err.str() == "");
    shown->show(output_bytes{.bytes = "said\n"}, {});
    shown->show(note{.warning = true, .text = "odd"}, {});
    shown->show(stop_progress{.run_id = "x", .done = true, .survivors = {3}}, {});
    shown->fail(failure(errc::not_found, "no"), false);
    BOOST_TEST(out.str().ends_with("said\n"));
    BOOST_TEST(err.str() ==
               "WARNING: odd\nThe following processes did not stop as expected: 3\nguild: no\n");
}

BOOST_AUTO_TEST_CASE(nothing_is_read_without_input) {
    const invocation asked{.program = "guild", .no_input = true};
    std::istringstream in("y\n");
    std::ostringstream out;
    std::ostringstream err;
    session between(asked, {}, {.in = in, .out = out, .err = err});
    BOOST_TEST(!between.answer({.kind = question_kind::stop}));
    between.show(command_ended{.error = failure(errc::aborted, "aborted")});
    BOOST_TEST(between.exit_code() == aborted_exit_code);
    BOOST_TEST(has(err.str(), "use -y"));
}

BOOST_AUTO_TEST_CASE(a_wait_whose_time_is_up_ends_with_124) {
    const invocation asked{.program = "guild", .what = wait_command{}};
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    session between(asked, {}, {.in = in, .out = out, .err = err});
    between.show(runs_waited{.timed_out = true});
    between.show(command_ended{});
    BOOST_TEST(between.exit_code() == 124);
}

BOOST_AUTO_TEST_CASE(help_explains_every_command) {
    const auto all = ended({"help"});
    BOOST_TEST(all.exit_code == 0);
    BOOST_TEST(all.out == ended({"--help"}).out);
    BOOST_TEST(ended({"help", "runs", "rm"}).out == ended({"runs", "rm", "--help"}).out);
    BOOST_TEST(ended({"help", "run"}).out == ended({"run", "--help"}).out);
    // What is no command is a project.
    const auto other = parsed_habit({"help", "nonsense"});
    BOOST_TEST(std::get<project_help_command>(other.what).project == "nonsense");
    for (const char* part : {"Exit codes:", "  124  ", "Remotes:\n", "--color"}) {
        BOOST_TEST(has(all.out, part), part << " is not in it");
    }
}

BOOST_AUTO_TEST_CASE(the_manual_page_has_all_that_help_has) {
    const auto page = ended({"help", "--man"}).out;
    for (const char* part :
         {".TH GUILD 1", ".SH NAME\nguild \\- ", ".SS runs list\n", ".SS remote status\n",
          "\\fB\\-r\\fR, \\fB\\-\\-remote\\fR \\fIREMOTE\\fR", ".SH EXIT STATUS", ".B 124\n"}) {
        BOOST_TEST(has(page, part), part << " is not in it");
    }
    // A line that starts with a dot is a macro: only those that are meant.
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('.')) {
            const auto macro = line.substr(1, line.find(' ') - 1);
            const words meant{"TH", "SH", "SS", "TP", "PP", "RS", "RE", "EX", "EE", "B"};
            BOOST_TEST(std::ranges::count(meant, macro) == 1, line);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
