#include "cli/render/operations_text.hpp"

#include "cli/render/text_table.hpp"

#include <algorithm>
#include <vector>

namespace outrider::cli {
namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) {
        out += (out.empty() ? "" : ", ") + word;
    }
    return out;
}

// Definitions as Guild's help shows them: names padded to the longest, further lines below the
// text.
std::string section(const std::string& name,
                    const std::vector<std::pair<std::string, std::string>>& items) {
    if (items.empty()) {
        return {};
    }
    std::size_t widest = 0;
    for (const auto& [term, text] : items) {
        widest = std::max(widest, text_width(term));
    }
    std::string out = "\n" + name + ":\n";
    for (const auto& [term, text] : items) {
        out += "  " + term;
        if (text.empty()) {
            out += "\n";
            continue;
        }
        out += std::string(widest - text_width(term) + 2, ' ');
        for (const char c : text) {
            out += c;
            if (c == '\n') {
                out += std::string(widest + 4, ' ');
            }
        }
        out += "\n";
    }
    // An empty line inside a text has no trailing space.
    const std::string padding = "\n" + std::string(widest + 4, ' ') + "\n";
    for (auto at = out.find(padding); at != out.npos; at = out.find(padding)) {
        out.replace(at, padding.size(), "\n\n");
    }
    return out;
}

std::string flag_text(const operation_flag& flag) {
    std::string out = flag.description;
    const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : " ") + text; };
    if (!flag.default_value.empty()) {
        add("(default is " + flag.default_value + ")");
    } else if (flag.required) {
        add("(required)");
    }
    if (!flag.choices.empty()) {
        out += (out.empty() ? "" : "\n\n") + std::string("Choices:  ") + joined(flag.choices);
    }
    return out;
}

std::string details_of(const operation_described& op) {
    std::string out;
    if (!op.flags.empty()) {
        out += "  flags:\n";
    }
    for (const auto& flag : op.flags) {
        const std::string text = first_line(flag_text(flag));
        out += "    " + flag.name + ":" + (text.empty() ? "" : " ") + text + "\n";
    }
    if (!op.dependencies.empty()) {
        out += "  requires: " + joined(op.dependencies) + "\n";
    }
    return out;
}

} // namespace

std::string operations_table(const operations_listed& listed, const terminal& screen,
                             bool verbose) {
    std::vector<table_row> cells;
    for (const auto& op : listed.operations) {
        cells.push_back({{op.name}, {first_line(op.description)}});
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
    std::vector<std::pair<std::string, std::string>> dependencies;
    for (const auto& name : op.dependencies) {
        dependencies.emplace_back(name, "");
    }
    std::vector<std::pair<std::string, std::string>> flags;
    for (const auto& flag : op.flags) {
        flags.emplace_back(flag.name, flag_text(flag));
    }
    return out + section("Dependencies", dependencies) + section("Flags", flags);
}

} // namespace outrider::cli
