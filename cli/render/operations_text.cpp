#include "cli/render/operations_text.hpp"

#include "cli/render/text_table.hpp"

#include <algorithm>
#include <vector>

namespace outrider::cli {
namespace {

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
    return out + "Choices:\n" + definition_lines(choices);
}

std::string details_of(const operation_described& op) {
    std::string out;
    if (!op.flags.empty()) {
        out += "  flags:\n";
    }
    for (const auto& flag : op.flags) {
        const std::string text = first_line_of_text(flag_text(flag));
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
    std::string out;
    for (const auto& [term, text] : items) {
        const auto last = text.find_last_not_of('\n');
        if (last == text.npos) {
            out += "  " + term + "\n";
            continue;
        }
        out += "  " + term + std::string(widest - text_width(term) + 2, ' ');
        for (const char c : text.substr(0, last + 1)) {
            out += c;
            if (c == '\n') {
                out += std::string(widest + 4, ' ');
            }
        }
        // More than a line is set off from what follows.
        out += text.find('\n') < last ? "\n\n" : "\n";
    }
    // An empty line inside a text has no trailing space.
    const std::string padding = "\n" + std::string(widest + 4, ' ') + "\n";
    for (auto at = out.find(padding); at != out.npos; at = out.find(padding)) {
        out.replace(at, padding.size(), "\n\n");
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
    if (!op.description.empty()) {
        out += "\n" + op.description + (op.description.ends_with('\n') ? "" : "\n");
    }
    out += "\nUse '" + program + " run --help' for a list of options.\n";
    definitions dependencies;
    for (const auto& name : op.dependencies) {
        dependencies.emplace_back(name, "");
    }
    return out + definition_section("Dependencies", dependencies) +
           definition_section("Flags", flag_definitions(op));
}

} // namespace outrider::cli
