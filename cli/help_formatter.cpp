#include "cli/help_formatter.hpp"

#include <sstream>

namespace outrider::cli {

help_formatter::help_formatter() {
    label("Positionals", "Arguments");
    label("Subcommands", "Commands");
    label("SUBCOMMAND", "COMMAND");
    column_width(28);
}

std::string help_formatter::make_option_usage(const CLI::Option* option) const {
    return option->get_option_text();
}

std::string help_formatter::make_option_opts(const CLI::Option* option) const {
    if (option->get_positional() || option->get_option_text().empty()) {
        return {};
    }
    return " " + option->get_option_text();
}

std::string help_formatter::make_subcommand(const CLI::App* verb) const {
    const std::string text = verb->get_description();
    std::ostringstream out;
    CLI::detail::format_help(out, verb->get_display_name(true), text.substr(0, text.find('\n')),
                             get_column_width());
    return out.str();
}

std::string help_formatter::make_usage(const CLI::App* verb, std::string name) const {
    return "\n" + CLI::Formatter::make_usage(verb, std::move(name));
}

std::string help_text(const CLI::App& verb) {
    std::string before;
    for (const CLI::App* at = verb.get_parent(); at != nullptr; at = at->get_parent()) {
        before = before.empty() ? at->get_name() : at->get_name() + " " + before;
    }
    return verb.help(before);
}

} // namespace outrider::cli
