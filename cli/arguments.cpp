#include "cli/arguments.hpp"

#include "cli/exit_codes.hpp"
#include "cli/global_options.hpp"
#include "cli/help_formatter.hpp"
#include "cli/render/json_output.hpp"
#include "cli/short_options.hpp"
#include "cli/usage_error.hpp"
#include "cli/verbs/verbs.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>

namespace outrider::cli {
namespace {

const char description[] = "Starts, watches, stops and collects machine-learning runs over SSH.";
const char examples[] = "Examples:\n"
                        "  {program} run train lr=0.01 -r gpu1\n"
                        "  {program} runs -r gpu1\n"
                        "  {program} pull gpu1\n\n"
                        "Use '{program} COMMAND --help' for the options of a command.";

void set_up(CLI::App& app, invocation& into) {
    app.formatter(std::make_shared<help_formatter>());
    app.set_help_flag("--help", "Show this text");
    app.set_version_flag("--version", into.program + " " OUTRIDER_VERSION)
        ->description("Show the version");
    add_global_options(app, into);
    app.footer(with_names(examples, into.program, ""));
    // A second command name is an argument of the first one.
    app.require_subcommand(0, 1);
    add_run(app, into);
    add_operations(app, into);
    add_runs(app, into);
    add_watch(app, into);
    add_wait(app, into);
    add_stop(app, into);
    add_ls(app, into);
    add_cat(app, into);
    add_diff(app, into);
    add_open(app, into);
    add_select(app, into);
    add_label(app, into);
    add_tag(app, into);
    add_mark(app, into);
    add_comment(app, into);
    add_pull(app, into);
    add_push(app, into);
    add_sync(app, into);
    add_remotes(app, into);
    add_remote(app, into);
    add_check(app, into);
    add_doctor(app, into);
}

// Whether `word` is an option of `app`, alone or at the end of a group (`-nap`), whose value is the
// next word.
bool wants_value(CLI::App& app, std::string_view word) {
    const auto takes = [&](std::string name) {
        const auto* option = app.get_option_no_throw(std::move(name));
        return option != nullptr && option->get_items_expected_min() > 0;
    };
    if (word.starts_with("--")) {
        return word.find('=') == word.npos && takes(std::string(word));
    }
    for (std::size_t i = 1; i < word.size(); ++i) {
        if (takes({'-', word[i]})) {
            return i + 1 == word.size();
        }
    }
    return false;
}

CLI::App* subcommand(CLI::App& app, const std::string& name) {
    const auto found =
        app.get_subcommands([&](const CLI::App* each) { return each->check_name(name); });
    return found.empty() ? nullptr : found.front();
}

struct verb_place {
    CLI::App* verb;
    std::size_t end = 0; ///< of the words that name it
};

// Finds the command that `words` name, and names the default one of `runs` where it is left out:
// then options of the list are never taken for options of the group.
verb_place find_verb(CLI::App& app, std::vector<std::string>& words) {
    std::size_t at = 0;
    while (at < words.size() && words[at].starts_with('-')) {
        at += wants_value(app, words[at]) ? 2 : 1;
    }
    auto* verb = at < words.size() ? subcommand(app, words[at]) : nullptr;
    if (verb == nullptr) {
        return {.verb = &app, .end = words.size()};
    }
    ++at;
    auto* inner = at < words.size() ? subcommand(*verb, words[at]) : nullptr;
    if (inner == nullptr && verb->check_name("runs") &&
        (at == words.size() || words[at] != "--help")) {
        words.insert(words.begin() + at, "list");
        inner = subcommand(*verb, "list");
    }
    if (inner != nullptr) {
        return {.verb = inner, .end = at + 1};
    }
    return {.verb = verb, .end = at};
}

// "runs rm": the names of `verb` below the program.
std::string path_of(CLI::App& verb) {
    const CLI::App* parent = verb.get_parent();
    if (parent == nullptr) {
        return {};
    }
    const bool nested = parent->get_parent() != nullptr;
    return nested ? parent->get_name() + " " + verb.get_name() : verb.get_name();
}

// Who asks for JSON gets it even where the command line is wrong.
early_end wrong_usage(const std::string& text, const std::string& program,
                      const std::vector<std::string>& words) {
    if (std::ranges::find(words, "--json") == words.end()) {
        return {.exit_code = usage_exit_code, .err = text};
    }
    const auto start = program.size() + 2; // "NAME: "
    return {.exit_code = usage_exit_code,
            .out = json_usage_error(text.substr(start, text.size() - start - 1))};
}

} // namespace

std::variant<invocation, early_end> parse_arguments(const std::string& program,
                                                    const std::vector<std::string>& words) {
    invocation asked{.program = program};
    CLI::App app(description, program);
    set_up(app, asked);
    auto all = words;
    const auto place = find_verb(app, all);
    asked.command_name = path_of(*place.verb);
    // A copy of the tail: the words are replaced below.
    const std::vector<std::string> tail(all.begin() + place.end, all.end());
    const auto expanded =
        expand_short_options(tail, asked.command_name, [&](std::string_view option) {
            return wants_value(*place.verb, option);
        });
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
    } catch (const CLI::CallForHelp&) {
        return early_end{.exit_code = 0, .out = app.help()};
    } catch (const CLI::CallForVersion& version) {
        return early_end{.exit_code = 0, .out = std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        return wrong_usage(usage_error_text(error, app, asked), program, words);
    }
    if (place.verb == &app) {
        return early_end{.exit_code = 0, .out = app.help()};
    }
    if (auto* listing = std::get_if<list_command>(&asked.what); listing != nullptr && asked.json) {
        // As in Guild, a program gets all runs and all that is known of them.
        listing->limit = 0;
        listing->details = true;
        listing->comments = true;
    }
    return asked;
}

std::string program_name(const char* argv0) {
    const auto name = std::filesystem::path(argv0 == nullptr ? "" : argv0).filename().string();
    return name.empty() ? "outrider" : name;
}

std::string with_names(std::string text, const std::string& program,
                       const std::string& command_name) {
    const auto replace = [&text](std::string_view what, const std::string& by) {
        for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) {
            text.replace(at, what.size(), by);
        }
    };
    replace("{program}", program);
    replace("{command}", command_name);
    return text;
}

} // namespace outrider::cli
