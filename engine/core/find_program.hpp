#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// The directories of that environment's PATH, in their order, and where it has none those of a
/// POSIX system. Empty entries are left out. Views into `environment`.
[[nodiscard]] std::vector<std::string_view>
path_directories(const std::map<std::string, std::string>& environment);

[[nodiscard]] bool is_executable_file(const std::string& path);

/// Where `program` is in the PATH of that environment; empty if it is not there. A name with a
/// slash is its own path.
[[nodiscard]] std::string find_program(const std::string& program,
                                       const std::map<std::string, std::string>& environment);

} // namespace outrider
