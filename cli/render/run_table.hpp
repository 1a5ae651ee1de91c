#pragma once

#include "cli/invocation.hpp"
#include "cli/render/surroundings.hpp"
#include "engine/api/events.hpp"

#include <span>
#include <string>

namespace outrider::cli {

/// How a table of runs is shown, and to whom.
struct run_table_view {
    run_table_style style;
    surroundings place;
    bool far = false; ///< the runs are on another machine, whose paths mean nothing here
};

/// How this command shows tables of runs.
[[nodiscard]] run_table_view table_view_of(const invocation& asked, const surroundings& place);

/// The table of `runs` (FORMAT.md 4.1); below each row come its `details`, if there are any.
[[nodiscard]] std::string run_table(std::span<const run_row> rows, const run_table_view& view,
                                    std::span<const std::string> details = {});

/// The table of runs in a preview (FORMAT.md 4.7): indented, without indexes, never cut.
[[nodiscard]] std::string preview_table(std::span<const run_row> rows, const run_table_view& view);

/// The one run that comments belong to, as a line: `SHORTID  OP  STARTED  STATUS  LABEL`.
[[nodiscard]] std::string run_line(const run_row& row, const run_table_view& view);

/// "running (REMOTE)"
[[nodiscard]] std::string status_text(const run_row& row);

/// The first 8 characters of a run id.
[[nodiscard]] std::string short_id(const std::string& id);

} // namespace outrider::cli
