#pragma once

#include "engine/api/selection.hpp"

namespace CLI {
class App;
}

namespace outrider::cli {

/// Adds the filters of runs to a command (FORMAT.md 4.2). Guild's multi-letter short forms are
/// rewritten before parsing (short_options.hpp).
void add_run_filters(CLI::App& verb, run_filter& filter);
/// Adds the filters by status: `-Sr`, `--not-running` and the like.
void add_status_filters(CLI::App& verb, run_filter& filter);

} // namespace outrider::cli
