#pragma once

#include "cli/invocation.hpp"

#include <string>

namespace CLI {
class App;
class ParseError;
} // namespace CLI

namespace outrider::cli {

/// What to print for a command line that `app` refused: `NAME: MESSAGE` and where help is.
[[nodiscard]] std::string usage_error_text(const CLI::ParseError& error, const CLI::App& app,
                                           const invocation& asked);

} // namespace outrider::cli
