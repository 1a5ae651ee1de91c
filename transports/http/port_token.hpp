#pragma once

#include "engine/core/result.hpp"

#include <string>

namespace outrider {

/// Makes a token of 256 random bits, in hexadecimal digits, and writes it to a file that only this
/// user can read.
[[nodiscard]] result<std::string> write_port_token(const std::string& path);

} // namespace outrider
