#include "cli/render/remotes_text.hpp"

#include "cli/render/text_table.hpp"

#include <algorithm>

namespace outrider::cli {

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
