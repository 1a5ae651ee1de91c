#pragma once

#include "engine/api/events.hpp"

#include <cstddef>
#include <string>

namespace outrider::cli {

/// `gpu1: 3/10 runs, 1,204 of 20,000 files, 1.2 GiB of 4.0 GiB, 310 MiB/s, 9 s left`: one line
/// without its end, of at most `width` characters; what matters least is left out first.
[[nodiscard]] std::string copy_progress_line(const copy_progress& progress, std::size_t width);

/// `gpu1: copied 3 runs (1,204 files, 1.2 GiB) in 4.1 s; 7 unchanged`, with the end of the line.
[[nodiscard]] std::string copy_summary_line(const copy_summary& summary);

/// What was odd about a run that was copied: files that kept changing, or vanished. Whole lines;
/// empty as a rule.
[[nodiscard]] std::string copied_run_lines(const run_copied& copied);

} // namespace outrider::cli
