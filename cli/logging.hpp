#pragma once

#include "cli/invocation.hpp"
#include "cli/render/terminal.hpp"

#include <map>
#include <string>

namespace outrider::cli {

/// Sends the log to standard error: warnings and worse; with `-v` what is done, with `-vv` or
/// `--debug` how; with `-vvv` the trace of the SSH library as well; or from the level that
/// OUTRIDER_LOG names (trace, debug, info, warning, error, critical, off).
void start_logging(const invocation& asked, const terminal& screen,
                   const std::map<std::string, std::string>& environment);

} // namespace outrider::cli
