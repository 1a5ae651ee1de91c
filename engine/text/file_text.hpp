#pragma once

#include "engine/core/result.hpp"

#include <cstddef>
#include <string>

namespace outrider {

/// The bytes of a regular file of at most `limit` bytes. Failures name the path and the cause.
[[nodiscard]] result<std::string> read_text_file(const std::string& path, std::size_t limit);

} // namespace outrider
