#pragma once

#include "cli/render/terminal.hpp"
#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// What `jobs` lists, a line for each, and one more for what troubles it.
[[nodiscard]] std::string jobs_table(const jobs_listed& listed, const terminal& screen);

/// A standing job that was added, and how to be rid of it.
[[nodiscard]] std::string job_added_lines(const job_row& job, const std::string& program);

/// "Removed job 1f3a".
[[nodiscard]] std::string jobs_removed_lines(const jobs_removed& removed);

} // namespace outrider::cli
