#pragma once

#include "cli/render/run_table.hpp"
#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// What `run` is about to do, with the flags (FORMAT.md 5.3).
[[nodiscard]] std::string run_preview(const question& asked);

/// How a run that was staged is started; `program` is the called name.
[[nodiscard]] std::string staged_lines(const run_staged& staged, const std::string& program);

/// Why `--needed` starts nothing.
[[nodiscard]] std::string not_needed_lines(const run_not_needed& said, const run_table_view& view);

/// `--print-trials`: a row each.
[[nodiscard]] std::string trials_table(const trials_listed& listed);

/// `--print-cmd`: one shell-quoted line; `--print-env`: NAME=VALUE lines.
[[nodiscard]] std::string printed_lines(const command_printed& printed);

} // namespace outrider::cli
