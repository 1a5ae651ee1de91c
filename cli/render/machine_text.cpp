#include "cli/render/machine_text.hpp"

#include "cli/render/text_table.hpp"

#include <algorithm>

namespace outrider::cli {
namespace {

/// Where the values begin, as in Guild.
constexpr std::size_t value_column = 27;
/// Where the texts of findings begin: behind the longest word.
constexpr std::size_t finding_column = 9;

// What a far machine says must not reach the terminal as a command.
std::string printable(std::string text) {
    for (char& byte : text) {
        const auto value = static_cast<unsigned char>(byte);
        if ((value < 0x20 && byte != '\n') || value == 0x7f) {
            byte = '?';
        }
    }
    return text;
}

// Further lines of a value stand below its first one.
std::string aligned(std::string text, std::size_t column) {
    for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
        text.insert(at + 1, column, ' ');
    }
    return text;
}

std::string fact_line(const std::string& name, const std::string& value) {
    std::string label = name + ":";
    label.append(label.size() < value_column ? value_column - label.size() : 1, ' ');
    return label + aligned(printable(value), value_column) + "\n";
}

struct level_words {
    std::string_view word;
    std::string_view colour;
};

level_words words_of(finding_level level) {
    switch (level) {
    case finding_level::good:
        return {"ok", "\x1b[32m"};
    case finding_level::warning:
        return {"WARNING", "\x1b[33m"};
    case finding_level::problem:
        break;
    }
    return {"PROBLEM", "\x1b[31m"};
}

} // namespace

std::string check_text(const machine_checked& checked) {
    std::string text;
    if (!checked.remote.empty()) {
        text += fact_line("remote", checked.remote + " (" + checked.type + ")");
        text += fact_line("host", checked.host);
    }
    for (const auto& fact : checked.facts) {
        text += fact_line(fact.name, fact.value);
    }
    return text;
}

std::string doctor_text(const machine_examined& examined, bool coloured) {
    std::string text;
    for (const auto& found : examined.findings) {
        const auto [word, colour] = words_of(found.level);
        text += coloured ? std::string(colour) + std::string(word) + "\x1b[0m" : std::string(word);
        text.append(finding_column - word.size(), ' ');
        text += aligned(printable(found.what), finding_column) + "\n";
        if (!found.cure.empty()) {
            text += std::string(finding_column, ' ') +
                    aligned(printable("cure: " + found.cure), finding_column) + "\n";
        }
    }
    return text;
}

std::string remotes_table(const remotes_listed& remotes, const terminal& screen) {
    auto rows = remotes.rows;
    std::ranges::sort(rows, {}, &remote_row::name);
    std::vector<table_row> cells;
    for (const auto& row : rows) {
        cells.push_back({{row.name}, {row.type}, {row.description}});
    }
    return format_table(std::move(cells), {.width = screen.width});
}

std::string remote_status_text(const remote_available& answer, bool verbose) {
    const auto& host = answer.host.empty() ? answer.host_name : answer.host;
    std::string text = answer.name + " (" + host + ") is available\n";
    if (verbose) {
        text += "  host name: " + answer.host_name + "\n  system: " + answer.system +
                "\n  guild home: " + answer.home + "\n";
    }
    return text;
}

} // namespace outrider::cli
