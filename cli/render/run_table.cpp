#include "cli/render/run_table.hpp"

#include "cli/render/name_text.hpp"
#include "cli/render/paths.hpp"
#include "cli/render/text_table.hpp"
#include "cli/render/times.hpp"

namespace outrider::cli {
namespace {

colour colour_of(run_state state) {
    switch (state) {
    case run_state::running:
        return colour::green;
    case run_state::error:
        return colour::red;
    case run_state::terminated:
        return colour::yellow;
    case run_state::staged:
    case run_state::pending:
        return colour::dim;
    case run_state::completed:
        break;
    }
    return colour::none;
}

std::string operation_text(const run_row& row, const run_table_view& view) {
    std::string text = row.operation;
    const std::string here = view.far ? std::string() : view.place.directory;
    if (!row.project_directory.empty() && row.project_directory != here) {
        const std::string home = view.far ? std::string() : view.place.home;
        text += " (" + project_place(row.project_directory, here, home) + ")";
    }
    return row.marked ? text + " [marked]" : text;
}

table_cell status_cell(const run_row& row) {
    return {status_text(row), colour_of(row.state)};
}

// Of runs of several remotes, the one that holds each stands behind the run's name.
void add_holder(table_row& cells, const run_row& row) {
    if (!row.held_by.empty()) {
        cells.insert(cells.begin() + 1, {name_text(row.held_by)});
    }
}

table_row list_cells(const run_row& row, const run_table_view& view) {
    const std::string index = std::to_string(row.index);
    const auto operation = operation_text(row, view);
    table_row cells;
    if (view.style.simplified) {
        cells = {{"[" + index + "]"}, {operation}, status_cell(row), {row.label}};
    } else {
        cells = {{"[" + index + ":" + short_id(row.id) + "]"},
                 {operation},
                 {local_time(row.started_us)},
                 status_cell(row),
                 {row.label}};
    }
    add_holder(cells, row);
    return cells;
}

} // namespace

run_table_view table_view_of(const invocation& asked, const surroundings& place) {
    const bool far =
        !asked.remote.empty() && traits_of(asked.what).runs != run_source::this_machine;
    return {.style = asked.run_table, .place = place, .far = far};
}

std::string short_id(const std::string& id) {
    return id.substr(0, 8);
}

std::string status_text(const run_row& row) {
    const std::string state = boost::describe::enum_to_string(row.state, "error");
    return row.remote.empty() ? state : state + " (" + row.remote + ")";
}

std::string run_table(std::span<const run_row> rows, const run_table_view& view,
                      std::span<const std::string> details) {
    std::vector<table_row> cells;
    for (const auto& row : rows) {
        cells.push_back(list_cells(row, view));
    }
    const auto table = format_table(
        std::move(cells), {.width = view.place.screen.width, .colour = view.place.screen.colour});
    if (details.empty()) {
        return table;
    }
    std::string out;
    std::size_t row = 0;
    for (std::size_t at = 0; at < table.size(); ++row) {
        const auto end = table.find('\n', at) + 1;
        out += table.substr(at, end - at);
        out += row < details.size() ? details[row] : std::string();
        at = end;
    }
    return out;
}

std::string preview_table(std::span<const run_row> rows, const run_table_view& view) {
    std::vector<table_row> cells;
    for (const auto& row : rows) {
        table_row one{{"[" + short_id(row.id) + "]"},
                      {operation_text(row, view)},
                      {local_time(row.started_us)},
                      {status_text(row)},
                      {row.label}};
        add_holder(one, row);
        cells.push_back(std::move(one));
    }
    return format_table(std::move(cells), {.indent = 2});
}

std::string run_line(const run_row& row, const run_table_view& view) {
    table_row cells{{short_id(row.id)},
                    {operation_text(row, view)},
                    {local_time(row.started_us)},
                    {status_text(row)},
                    {row.label}};
    return format_table({std::move(cells)}, {});
}

} // namespace outrider::cli
