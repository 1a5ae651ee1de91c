#include "cli/render/comparison_text.hpp"

#include "cli/render/run_table.hpp"
#include "cli/render/text_table.hpp"
#include "engine/text/python_value.hpp"
#include "engine/text/yaml_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace outrider::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t column_gap = 2;   // spaces between columns
constexpr std::size_t widest_cell = 20; // where a table has to fit, as in Guild's viewer
constexpr std::size_t widest_head = 12; // the same, for headings
constexpr std::size_t narrowest_cell = 6;
constexpr const char* operation_heading = "operation";

// "0.3000001192" to "0.300000": cut, not rounded.
std::string cut_decimals(std::string number) {
    constexpr std::size_t decimals = 6;
    const auto point = number.find('.');
    if (point == std::string::npos) {
        return number;
    }
    auto end = point + 1;
    while (end < number.size() && std::isdigit(static_cast<unsigned char>(number[end])) != 0) {
        ++end;
    }
    if (end - point - 1 > decimals) {
        number.erase(point + 1 + decimals, end - point - 1 - decimals);
    }
    return number;
}

std::string table_text(const json::value& value) {
    switch (value.kind()) {
    case json::kind::null:
        return {};
    case json::kind::bool_:
        return value.get_bool() ? "yes" : "no";
    case json::kind::double_:
        return cut_decimals(yaml_flow(value));
    default:
        return python_text(value);
    }
}

const json::value& value_in(const run_compared& row, const std::string& column) {
    static const json::value none;
    const auto found = row.values.find(column);
    return found == row.values.end() ? none : found->second;
}

std::string shortened(std::string text, std::size_t width) {
    return text_width(text) <= width ? text : cut_to_width(std::move(text), width - 1) + "…";
}

std::size_t width_of(const std::vector<std::size_t>& columns) {
    std::size_t sum = columns.empty() ? 0 : column_gap * (columns.size() - 1);
    for (const auto each : columns) {
        sum += each;
    }
    return sum;
}

// The widest columns give first.
void fit(std::vector<table_row>& rows, std::size_t width) {
    std::vector<std::size_t> columns(rows.front().size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < columns.size(); ++j) {
            auto& text = rows[i][j].text;
            text = shortened(std::move(text), i == 0 ? widest_head : widest_cell);
            columns[j] = std::max(columns[j], text_width(text));
        }
    }
    while (width_of(columns) > width) {
        const auto widest = std::ranges::max_element(columns);
        if (*widest <= narrowest_cell) {
            break;
        }
        --*widest;
    }
    for (auto& row : rows) {
        for (std::size_t j = 0; j < columns.size(); ++j) {
            row[j].text = shortened(std::move(row[j].text), columns[j]);
        }
    }
}

// One line each, whatever is in them.
std::string csv_cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
        return text;
    }
    std::string out = "\"";
    for (const char each : text) {
        out += each == '"' ? "\"\"" : std::string(1, each);
    }
    return out + "\"";
}

void add_csv_row(std::string& out, const std::vector<std::string>& cells) {
    // A row of one empty cell would be an empty line.
    if (cells.size() == 1 && cells.front().empty()) {
        out += "\"\"\n";
        return;
    }
    const char* separator = "";
    for (const auto& cell : cells) {
        out += separator + csv_cell(cell);
        separator = ",";
    }
    out += '\n';
}

std::string number_text(double value) {
    char text[400]; // the greatest double has 309 digits before its point
    const int size = std::snprintf(text, sizeof text, "%f", value);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace

std::string comparison_table(const runs_compared& compared, std::optional<std::size_t> width) {
    if (compared.rows.empty()) {
        return {};
    }
    std::vector<table_row> rows(1);
    for (const auto& column : compared.columns) {
        rows.front().push_back({column});
    }
    for (const auto& row : compared.rows) {
        auto& cells = rows.emplace_back();
        for (const auto& column : compared.columns) {
            const bool marked = row.marked && column == operation_heading;
            cells.push_back({table_text(value_in(row, column)) + (marked ? " [marked]" : "")});
        }
    }
    if (width) {
        fit(rows, *width);
    }
    return format_table(std::move(rows), {.width = width});
}

std::string comparison_csv(const runs_compared& compared) {
    std::string out;
    if (compared.rows.empty()) {
        return out;
    }
    add_csv_row(out, compared.columns);
    for (const auto& row : compared.rows) {
        std::vector<std::string> cells;
        for (const auto& column : compared.columns) {
            const auto& value = value_in(row, column);
            cells.push_back(value.is_null() ? std::string() : python_text(value));
        }
        add_csv_row(out, cells);
    }
    return out;
}

std::string scalars_list(const scalars_listed& listed) {
    std::string out;
    for (const auto& row : listed.rows) {
        out += "[" + short_id(row.id) + "] " + row.operation +
               (row.held_by.empty() ? "" : " (" + row.held_by + ")") + "\n";
        for (const auto& each : row.scalars) {
            out += "  " + each.tag + ": " + number_text(each.last) + " (step " +
                   std::to_string(each.last_step) + ")\n";
        }
    }
    return out;
}

} // namespace outrider::cli
