#include "cli/usage_error.hpp"

#include "cli/short_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Error.hpp>

#include <algorithm>
#include <cctype>

namespace outrider::cli {
namespace {

std::string unexpected(const CLI::App& app, const invocation& asked) {
    const auto extra = app.remaining(true);
    const auto option = std::ranges::find_if(
        extra, [](const auto& word) { return word.size() > 1 && word.starts_with('-'); });
    if (option != extra.end()) {
        const auto name = option->substr(0, option->find('='));
        const auto typed = short_form(name);
        return "unrecognized option '" + (typed.empty() ? name : std::string(typed)) + "'";
    }
    const std::string word = extra.empty() ? "" : extra.front();
    return asked.command_name.empty() || app.get_subcommands().empty()
               ? "unrecognized command '" + word + "'"
               : "unexpected argument '" + word + "'";
}

std::string message_of(const CLI::ParseError& error, const CLI::App& app, const invocation& asked) {
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        return unexpected(app, asked);
    }
    std::string text = error.what();
    if (text.starts_with("A subcommand")) {
        const auto extra = app.remaining(true);
        return extra.empty() ? "a command is needed"
                             : "unrecognized command '" + extra.front() + "'";
    }
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
        // "--label: 1 required TEXT missing", or "RUN: ..." of a second one.
        const auto name = text.substr(0, text.find(':'));
        return name.starts_with('-') ? "option " + name + " requires an argument"
                                     : "too many arguments for " + name;
    }
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
        return "missing argument for " + text.substr(0, text.find(' '));
    }
    if (const auto colon = text.find(": ");
        dynamic_cast<const CLI::ValidationError*>(&error) != nullptr && text.starts_with('-') &&
        colon != text.npos) {
        return "invalid value for " + text.substr(0, colon) + text.substr(colon);
    }
    if (const std::string_view unreadable = "Could not convert: "; text.starts_with(unreadable)) {
        const auto given = text.substr(unreadable.size()); // "--max-trials = many"
        const auto equals = given.find(" = ");
        return "invalid value for " + given.substr(0, equals) +
               (equals == given.npos ? "" : ": " + given.substr(equals + 3));
    }
    // The parser's own sentences start with a capital; ours follow a colon.
    if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    }
    return text;
}

} // namespace

std::string usage_error_text(const CLI::ParseError& error, const CLI::App& app,
                             const invocation& asked) {
    // What stands before the name of the command is the program's.
    const bool of_command = !asked.command_name.empty() && app.remaining(false).empty();
    const std::string place = of_command ? asked.program + " " + asked.command_name : asked.program;
    return asked.program + ": " + message_of(error, app, asked) + "\nTry '" + place +
           " --help' for more information.\n";
}

} // namespace outrider::cli
