#include "cli/command_tree.hpp"

#include "cli/arguments.hpp"
#include "cli/exit_codes.hpp"
#include "cli/global_options.hpp"
#include "cli/help_formatter.hpp"
#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

#include <CLI/CLI.hpp>

#include <sstream>

namespace outrider::cli {

const char program_description[] =
    "Starts, watches, stops and collects machine-learning runs over SSH.";

namespace {

const char examples[] =
    "Examples:\n"
    "  {program} run train lr=0.01 -r gpu1\n"
    "  {program} runs -r gpu1\n"
    "  {program} pull gpu1\n\n"
    "Use '{program} COMMAND --help' for the options of a command. Options of the\n"
    "program may stand after the command, too.\n\n"
    "Exit codes:\n";

std::string heading_of(verb_group group) {
    switch (group) {
    case verb_group::start_and_follow:
        return "Start and follow runs";
    case verb_group::look:
        return "Look at runs and their files";
    case verb_group::describe:
        return "Describe runs";
    case verb_group::keep:
        return "Keep runs elsewhere";
    case verb_group::remotes:
        return "Remotes";
    case verb_group::service:
        return "The service";
    case verb_group::help:
        return "Help";
    case verb_group::of_runs:
        break;
    }
    return "Commands";
}

std::string footer(const std::string& program) {
    std::string text = with_names(examples, program, "");
    std::istringstream lines(exit_code_lines(program));
    for (std::string line; std::getline(lines, line);) {
        text += "  " + line + "\n";
    }
    text.pop_back();
    return text;
}

CLI::App* subcommand(CLI::App& app, const std::string& name) {
    const auto found =
        app.get_subcommands([&](const CLI::App* each) { return each->check_name(name); });
    return found.empty() ? nullptr : found.front();
}

void add_row(CLI::App& app, invocation& into, const verb_row& row) {
    auto* parent = row.group == verb_group::of_runs ? subcommand(app, "runs") : &app;
    if (parent == nullptr) {
        return; // `runs` is not needed
    }
    row.add(*parent, into);
    auto* verb = subcommand(*parent, std::string(row.name));
    verb->group(heading_of(row.group));
    if (!row.alias.empty()) {
        verb->alias(std::string(row.alias));
    }
}

} // namespace

void add_commands(CLI::App& app, invocation& into, const needed_verbs& needed) {
    app.formatter(std::make_shared<help_formatter>());
    app.set_help_flag("--help", "Show this text");
    app.set_version_flag("--version", into.program + " " OUTRIDER_VERSION)
        ->description("Show the version");
    add_global_options(app, into);
    app.footer(footer(into.program));
    // A second command name is an argument of the first one.
    app.require_subcommand(0, 1);
    for (const auto& row : verb_rows) {
        if (needed.contain(row.name) || (!row.alias.empty() && needed.contain(row.alias))) {
            add_row(app, into, row);
        }
    }
}

const command_traits* traits_of(const CLI::App& verb) {
    const auto* known = dynamic_cast<const verb_app*>(&verb);
    return known != nullptr ? known->traits : nullptr;
}

short_option_rules short_options_of(const CLI::App& verb) {
    const auto* traits = traits_of(verb);
    return {.filters = traits != nullptr && traits->filters != filter_rule::none,
            .has =
                [&verb](std::string_view option) {
                    return verb.get_option_no_throw(std::string(option)) != nullptr;
                },
            .wants_value = [&verb](std::string_view option) { return wants_value(verb, option); }};
}

bool wants_value(const CLI::App& app, std::string_view word) {
    const auto takes = [&](const std::string& name) {
        const CLI::Option* option = app.get_option_no_throw(name);
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

found_verb find_verb(CLI::App& app, std::vector<std::string>& words) {
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

std::string path_of(const CLI::App& verb) {
    const CLI::App* parent = verb.get_parent();
    if (parent == nullptr) {
        return {};
    }
    const bool nested = parent->get_parent() != nullptr;
    return nested ? parent->get_name() + " " + verb.get_name() : verb.get_name();
}

CLI::App* find_command(CLI::App& app, const std::vector<std::string>& names) {
    CLI::App* found = &app;
    for (const auto& name : names) {
        found = subcommand(*found, name);
        if (found == nullptr) {
            return nullptr;
        }
    }
    return found;
}

} // namespace outrider::cli
