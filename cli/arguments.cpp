#include "cli/arguments.hpp"

#include "cli/command_tree.hpp"
#include "cli/completion/scripts.hpp"
#include "cli/exit_codes.hpp"
#include "cli/global_options.hpp"
#include "cli/help_formatter.hpp"
#include "cli/man_page.hpp"
#include "cli/render/json_output.hpp"
#include "cli/usage_error.hpp"
#include "cli/verbs/verb_options.hpp"
#include "engine/text/finished_text.hpp"

#include <CLI/App.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

namespace outrider::cli {
namespace {

// Who asks for JSON gets it even where the command line is wrong.
early_end wrong_usage(const CLI::ParseError& error, const std::string& text,
                      const std::string& program, const std::vector<std::string>& words) {
    const bool contradicts = dynamic_cast<const contradiction*>(&error) != nullptr;
    const int code = contradicts ? failed_exit_code : usage_exit_code;
    if (std::ranges::find(words, "--json") == words.end()) {
        return {.exit_code = code, .err = text};
    }
    const auto start = program.size() + 2; // "NAME: "
    return {.exit_code = code,
            .out = json_usage_error(text.substr(start, text.size() - start - 1))};
}

// "bash", and the words of the command line: what the scripts of shells call. Hidden, because no
// person types it.
constexpr std::string_view complete_command = "complete";

// What needs neither the engine nor files.
early_end own_answer(const own_request& asked, const std::string& program) {
    // A tree that has parsed a command shows the help of that.
    invocation unused{.program = program};
    CLI::App app(program_description, program);
    add_commands(app, unused);
    if (asked.what == own_request::kind::man_page) {
        return {.exit_code = succeeded_exit_code,
                .out = man_page(app, program + " " OUTRIDER_VERSION)};
    }
    const CLI::App* found = find_command(app, asked.words);
    if (found == nullptr) {
        return {.exit_code = usage_exit_code,
                .err = program + ": unrecognized command '" + asked.words.back() + "'\nTry '" +
                       program + " help' for more information.\n"};
    }
    return {.exit_code = succeeded_exit_code, .out = help_text(*found)};
}

/// Which commands the tree has that a command line is parsed by.
enum class tree_extent {
    whole,
    named, ///< those that are words of it: enough for a command line that makes sense
};

// What follows `--` of a `run` are arguments, whatever they look like; the parser would take them
// for options of the program.
std::vector<std::string> take_behind_dashes(std::vector<std::string>& words,
                                            const std::string& command) {
    const auto dashes = std::ranges::find(words, "--");
    if (command != "run" || dashes == words.end()) {
        return {};
    }
    std::vector<std::string> behind(dashes + 1, words.end());
    words.erase(dashes, words.end());
    return behind;
}

/// None: the words make no sense to this extent of the tree, or ask for help.
std::optional<command_line> parse(const std::string& program, const std::vector<std::string>& words,
                                  tree_extent extent) {
    const bool whole = extent == tree_extent::whole;
    invocation asked{.program = program};
    CLI::App app(program_description, program);
    add_commands(app, asked, whole ? needed_verbs() : needed_verbs(words));
    auto all = words;
    const auto place = find_verb(app, all);
    if (!whole && place.verb == &app) {
        return std::nullopt;
    }
    asked.command_name = path_of(*place.verb);
    // A copy of the tail: the words are replaced below.
    std::vector<std::string> tail(all.begin() + place.end, all.end());
    const auto behind_dashes = take_behind_dashes(tail, asked.command_name);
    const auto expanded = expand_short_options(tail, short_options_of(*place.verb));
    all.resize(place.end);
    if (place.verb != &app) {
        const auto sorted = sort_out_global_options(expanded, app, *place.verb);
        all.insert(all.begin(), sorted.global.begin(), sorted.global.end());
        all.insert(all.end(), sorted.rest.begin(), sorted.rest.end());
    }
    try {
        // The parser takes its words from the end.
        std::reverse(all.begin(), all.end());
        app.parse(all);
    } catch (const CLI::CallForVersion& version) {
        return early_end{.exit_code = 0, .out = std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        if (!whole) {
            return std::nullopt;
        }
        if (dynamic_cast<const CLI::CallForHelp*>(&error) != nullptr) {
            return early_end{.exit_code = 0, .out = app.help()};
        }
        return wrong_usage(error, usage_error_text(error, app, asked), program, words);
    }
    if (place.verb == &app) {
        return early_end{.exit_code = 0, .out = app.help()};
    }
    switch (asked.own.what) {
    case own_request::kind::help:
    case own_request::kind::man_page:
        return own_answer(asked.own, program);
    case own_request::kind::completion:
    case own_request::kind::install_completion:
        return completion_script_request{.shell = asked.own.shell,
                                         .install = asked.own.what ==
                                                    own_request::kind::install_completion};
    case own_request::kind::none:
    case own_request::kind::serve:
    case own_request::kind::serve_status:
    case own_request::kind::serve_stop:
        break;
    }
    if (auto* run = std::get_if<run_command>(&asked.what)) {
        run->flags.insert(run->flags.end(), behind_dashes.begin(), behind_dashes.end());
    }
    return asked;
}

} // namespace

command_line parse_arguments(const std::string& program, const std::vector<std::string>& words) {
    if (words.size() > 1 && words.front() == complete_command) {
        return completion_request{.shell = words[1], .words = {words.begin() + 2, words.end()}};
    }
    if (auto parsed = parse(program, words, tree_extent::named)) {
        return std::move(*parsed);
    }
    return std::move(*parse(program, words, tree_extent::whole));
}

std::string program_name(const char* argv0) {
    const auto name = std::filesystem::path(argv0 == nullptr ? "" : argv0).filename().string();
    return name.empty() ? "outrider" : name;
}

std::string with_names(std::string text, const std::string& program,
                       const std::string& command_name) {
    return finished_text(std::move(text), {.program = program, .command = command_name});
}

} // namespace outrider::cli
