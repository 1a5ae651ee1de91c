#include "cli/render/text_table.hpp"

#include <algorithm>

namespace outrider::cli {
namespace {

constexpr std::size_t gap = 2;

bool starts_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

// What a run carries in its label must neither break a row nor reach the terminal as a command.
void make_printable(std::string& text) {
    for (char& byte : text) {
        const auto value = static_cast<unsigned char>(byte);
        if (value < 0x20 || value == 0x7f) {
            byte = value == '\n' || value == '\t' ? ' ' : '?';
        }
    }
}

// Cuts `text` after `width` characters and takes what is left off `width`.
void cut(std::string& text, std::size_t& width) {
    std::size_t characters = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (starts_character(text[at]) && characters++ == width) {
            text.resize(at);
            break;
        }
    }
    width -= std::min(characters, width);
}

std::string coloured(const std::string& text, colour shown) {
    const auto end = text.find_last_not_of(' ');
    const char* code = shown == colour::red      ? "\x1b[31m"
                       : shown == colour::green  ? "\x1b[32m"
                       : shown == colour::yellow ? "\x1b[33m"
                       : shown == colour::dim    ? "\x1b[2m"
                                                 : nullptr;
    if (code == nullptr || end == std::string::npos) {
        return text;
    }
    return code + text.substr(0, end + 1) + "\x1b[0m" + text.substr(end + 1);
}

std::vector<std::size_t> column_widths(const std::vector<table_row>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], text_width(row[i].text));
        }
    }
    return widths;
}

} // namespace

std::size_t text_width(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::string cut_to_width(std::string text, std::size_t width) {
    cut(text, width);
    return text;
}

std::string format_table(std::vector<table_row> rows, const table_layout& layout) {
    for (auto& row : rows) {
        for (auto& cell : row) {
            make_printable(cell.text);
        }
    }
    const auto widths = column_widths(rows);
    std::string out;
    for (auto& row : rows) {
        std::size_t left = layout.width.value_or(std::string::npos);
        std::string indent(layout.indent, ' ');
        cut(indent, left);
        out += indent;
        for (std::size_t i = 0; i < row.size(); ++i) {
            auto text = std::move(row[i].text);
            if (i + 1 < row.size()) {
                text.append(widths[i] - text_width(text) + gap, ' ');
            }
            cut(text, left);
            out += layout.colour ? coloured(text, row[i].shown) : text;
        }
        out += '\n';
    }
    return out;
}

} // namespace outrider::cli
