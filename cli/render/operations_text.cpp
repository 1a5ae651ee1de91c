#include "cli/render/operations_text.hpp"

#include "cli/render/text_table.hpp"
#include "cli/render/wrapped_text.hpp"

#include <algorithm>
#include <vector>

namespace outrider::cli {
namespace {

/// Names that are longer have a line of their own.
constexpr std::size_t widest_term = 30;

std::string first_line_of_text(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) {
        out += (out.empty() ? "" : ", ") + word;
    }
    return out;
}

std::string flag_text(const operation_flag& flag) {
    std::string out = flag.description.substr(0, flag.description.find_last_not_of('\n') + 1);
    const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : " ") + text; };
    if (!flag.default_value.empty()) {
        add("(default is " + flag.default_value + ")");
    } else if (flag.required) {
        add("(required)");
    }
    const bool described = std::ranges::any_of(flag.choice_descriptions,
                                               [](const auto& text) { return !text.empty(); });
    if (flag.choices.empty()) {
        return out;
    }
    out += out.empty() ? "" : "\n\n";
    if (!described) {
        return out + "Choices:  " + joined(flag.choices);
    }
    definitions choices;
    for (std::size_t i = 0; i < flag.choices.size(); ++i) {
        choices.emplace_back(flag.choices[i], flag.choice_descriptions[i]);
    }
    return out + laid_out + "Choices:\n" + definition_lines(choices);
}

std::string details_of(const operation_described& op) {
    std::string out;
    if (!op.flags.empty()) {
        out += "  flags:\n";
    }
    for (const auto& flag : op.flags) {
        std::string text = first_line_of_text(flag_text(flag));
        std::erase(text, '\b');
        out += "    " + flag.name + ":" + (text.empty() ? "" : " ") + text + "\n";
    }
    if (!op.dependencies.empty()) {
        out += "  requires: " + joined(op.dependencies) + "\n";
    }
    return out;
}

} // namespace

std::string definition_lines(const definitions& items) {
    std::size_t widest = 0;
    for (const auto& [term, text] : items) {
        widest = std::max(widest, text_width(term));
    }
    const std::size_t column = std::min(widest, widest_term) + 2; // of the texts
    std::string out;
    for (const auto& [term, text] : items) {
        out += "  " + term;
        const auto lines = wrapped_lines(text, help_width - column - 2);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (i == 0 && text_width(term) + 2 <= column) {
                out += std::string(column - text_width(term), ' ');
            } else {
                out += "\n" + (lines[i].empty() ? "" : std::string(column + 2, ' '));
            }
            out += lines[i];
        }
        // More than a line is set off from what follows.
        out += lines.size() > 1 ? "\n\n" : "\n";
    }
    return out;
}

std::string description_paragraphs(const std::string& text) {
    std::string paragraphs;
    for (const char c : text) {
        paragraphs += c == '\n' ? "\n\n" : std::string(1, c);
    }
    std::string out;
    for (const auto& line : wrapped_lines(paragraphs, help_width)) {
        out += (out.empty() ? "\n" : "") + line + "\n";
    }
    return out;
}

std::string definition_section(const std::string& name, const definitions& items) {
    return items.empty() ? std::string() : "\n" + name + ":\n" + definition_lines(items);
}

definitions flag_definitions(const operation_described& op) {
    definitions out;
    for (const auto& flag : op.flags) {
        out.emplace_back(flag.name, flag_text(flag));
    }
    return out;
}

std::string operations_table(const operations_listed& listed, const terminal& screen,
                             bool verbose) {
    std::vector<table_row> cells;
    for (const auto& op : listed.operations) {
        cells.push_back({{op.name}, {first_line_of_text(op.description)}});
    }
    const std::string table = format_table(std::move(cells), {.width = screen.width});
    if (!verbose) {
        return table;
    }
    std::string out;
    std::size_t at = 0;
    for (const auto& op : listed.operations) {
        const auto end = table.find('\n', at) + 1;
        out += table.substr(at, end - at) + details_of(op);
        at = end;
    }
    return out;
}

std::string operation_help_text(const operation_described& op, const std::string& program) {
    std::string out = "Usage: " + program + " run [OPTIONS] " + op.name + " [FLAG]...\n";
    out += description_paragraphs(op.description);
    out += "\nUse '" + program + " run --help' for a list of options.\n";
    // In help a description is below the name.
    definitions dependencies;
    for (const auto& named : op.dependencies) {
        const std::string name = first_line_of_text(named);
        dependencies.emplace_back(name, named.substr(std::min(name.size() + 1, named.size())));
    }
    return out + definition_section("Dependencies", dependencies) +
           definition_section("Flags", flag_definitions(op));
}

} // namespace outrider::cli
