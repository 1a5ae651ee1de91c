#pragma once

#include <string>

namespace outrider::agent {

/// Writes a line of the run's own output. At once: the output of a run is followed.
void print_line(const std::string& line);
/// The same as Guild's log does: "INFO: [guild] TEXT".
void log_line(const std::string& text, const char* level = "INFO");

} // namespace outrider::agent
