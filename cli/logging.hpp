#pragma once

#include <map>
#include <string>

namespace outrider::cli {

/// Sends the log to standard error: warnings and worse, everything with `debug`, or from the level
/// that OUTRIDER_LOG names (trace, debug, info, warning, error, critical, off).
void start_logging(bool debug, const std::map<std::string, std::string>& environment);

} // namespace outrider::cli
