#pragma once

#include "cli/render/terminal.hpp"
#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// What `check` prints: names, and values from column 28 on (FORMAT.md 5.2).
[[nodiscard]] std::string check_text(const machine_checked& checked);

/// What `doctor` prints: a line for each finding, the cure indented below it.
[[nodiscard]] std::string doctor_text(const machine_examined& examined, bool coloured);

/// The table of `remotes`, sorted by name.
[[nodiscard]] std::string remotes_table(const remotes_listed& remotes, const terminal& screen);

/// What `remote status` says of a remote that answers; `verbose`: what it knows of the machine too.
[[nodiscard]] std::string remote_status_text(const remote_available& answer, bool verbose);

} // namespace outrider::cli
