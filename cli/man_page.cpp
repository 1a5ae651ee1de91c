#include "cli/man_page.hpp"

#include "cli/command_tree.hpp"
#include "cli/exit_codes.hpp"

#include <algorithm>
#include <sstream>

namespace outrider::cli {
namespace {

// Text as roff shows it: no character of it is a command.
std::string escaped(const std::string& text) {
    std::string out;
    bool line_start = true;
    for (const char c : text) {
        if (line_start && (c == '.' || c == '\'')) {
            out += "\\&";
        }
        out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
        line_start = c == '\n';
    }
    return out;
}

// Paragraphs are filled; lines that start with blanks stay as they are.
std::string paragraphs(const std::string& text) {
    std::string out;
    std::istringstream lines(text);
    bool as_is = false;
    bool gap = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) {
            gap = true;
            continue;
        }
        const bool indented = line.starts_with(' ');
        if (as_is && !indented) {
            out += ".EE\n.RE\n";
        }
        if (gap && !as_is) {
            out += ".PP\n";
        }
        if (indented && !as_is) {
            out += ".RS\n.EX\n";
        }
        out += escaped(indented ? line.substr(std::min<std::size_t>(2, line.size())) : line) + "\n";
        as_is = indented;
        gap = false;
    }
    return as_is ? out + ".EE\n.RE\n" : out;
}

// "-r, --remote NAME" with what is typed literally in bold.
std::string option_heading(const CLI::Option& option) {
    std::string names = option.get_name(false, true);
    std::string text;
    std::istringstream parts(names);
    for (std::string name; std::getline(parts, name, ',');) {
        text += (text.empty() ? "" : ", ") + ("\\fB" + escaped(name) + "\\fR");
    }
    const std::string value = option.get_option_text();
    return value.empty() ? text : text + " \\fI" + escaped(value) + "\\fR";
}

std::string options_of(const CLI::App& app) {
    const bool of_program = app.get_parent() == nullptr;
    std::string out;
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group().empty() || option->get_positional() ||
            (!of_program && option == app.get_help_ptr())) {
            continue;
        }
        out += ".TP\n" + option_heading(*option) + "\n" + escaped(option->get_description()) + "\n";
    }
    return out;
}

std::string usage_of(const std::string& program, const CLI::App& verb) {
    std::string text = "\\fB" + escaped(program + " " + path_of(verb)) + "\\fR";
    if (!verb.get_subcommands({}).empty()) {
        text += " \\fICOMMAND\\fR";
    }
    text += " [\\fIOPTIONS\\fR]";
    for (const CLI::Option* option : verb.get_options()) {
        if (option->get_positional()) {
            text += " \\fI" + escaped(option->get_option_text()) + "\\fR";
        }
    }
    return text;
}

void add_command(std::string& out, const std::string& program, const CLI::App& verb) {
    if (verb.get_group().empty()) {
        return;
    }
    out += ".SS " + escaped(path_of(verb)) + "\n" + usage_of(program, verb) + "\n.PP\n";
    out += paragraphs(verb.get_description()) + options_of(verb);
    if (!verb.get_footer().empty()) {
        out += ".PP\n" + paragraphs(verb.get_footer());
    }
    for (const CLI::App* inner : verb.get_subcommands({})) {
        // `runs label` is `label`.
        const CLI::App* top = verb.get_parent();
        const auto same = top->get_subcommands(
            [&](const CLI::App* each) { return each->get_name() == inner->get_name(); });
        if (same.empty()) {
            add_command(out, program, *inner);
        } else {
            out += ".PP\n\\fB" + escaped(path_of(*inner)) + "\\fR is \\fB" +
                   escaped(inner->get_name()) + "\\fR.\n";
        }
    }
}

std::string in_capitals(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

std::string exit_codes(const std::string& program) {
    std::string out = ".SH EXIT STATUS\n";
    std::istringstream lines(exit_code_lines(program));
    for (std::string line; std::getline(lines, line);) {
        const auto code = line.substr(0, line.find(' '));
        const auto meaning = line.find_first_not_of(' ', code.size());
        if (!code.empty()) {
            out += ".TP\n.B " + code + "\n";
        }
        out += escaped(line.substr(meaning)) + "\n";
    }
    return out;
}

} // namespace

std::string man_page(const CLI::App& app, const std::string& version) {
    const std::string program = app.get_name();
    std::string summary = app.get_description();
    summary = summary.substr(0, summary.find('.'));
    summary[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(summary[0])));
    std::string out = ".TH " + in_capitals(program) + " 1 \"\" \"" + version + "\"\n";
    out += ".SH NAME\n" + escaped(program) + " \\- " + escaped(summary) + "\n";
    out += ".SH SYNOPSIS\n.B " + escaped(program) + "\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR\n";
    out += ".SH OPTIONS\nThey may stand after the command, too.\n" + options_of(app);
    out += ".SH COMMANDS\n";
    for (const CLI::App* verb : app.get_subcommands({})) {
        add_command(out, program, *verb);
    }
    return out + exit_codes(program);
}

} // namespace outrider::cli
