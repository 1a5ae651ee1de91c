#pragma once

#include "cli/render/run_table.hpp"
#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// What is said after attributes were changed (FORMAT.md 4.8).
[[nodiscard]] std::string edit_line(const runs_edited& edited);

/// The comments of a run below its row in a listing.
[[nodiscard]] std::string comment_lines(const std::vector<run_comment>& comments);

/// The comments of a run as `comment --list` shows them (FORMAT.md 4.8).
[[nodiscard]] std::string comments_text(const comments_listed& listed, const run_table_view& view);

/// How runs that were waited for ended, and which are left.
[[nodiscard]] std::string waited_lines(const runs_waited& waited);

} // namespace outrider::cli
