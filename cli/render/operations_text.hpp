#pragma once

#include "cli/render/terminal.hpp"
#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// The table of `operations`: name and the first line of the description; `verbose`: below each its
/// flags with their defaults, and what it requires.
[[nodiscard]] std::string operations_table(const operations_listed& listed, const terminal& screen,
                                           bool verbose);

/// The text of `run --help-op`; `program` is the called name.
[[nodiscard]] std::string operation_help_text(const operation_described& op,
                                              const std::string& program);

} // namespace outrider::cli
