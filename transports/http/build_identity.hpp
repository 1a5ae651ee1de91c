#pragma once

#include <string>

namespace outrider {

/// What tells this build of the program from every other: the linker's build id in hexadecimal
/// digits, or the version where there is none. A client and a service work together only if it is
/// the same, for the commands and events of two builds may differ.
[[nodiscard]] const std::string& build_identity();

/// "0.1.0"
[[nodiscard]] std::string program_version();

} // namespace outrider
