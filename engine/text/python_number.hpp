#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace outrider {

/// A float as Python's `repr` writes it: shortest digits that read back, `1e-05`, `1e+16`, `inf`.
[[nodiscard]] std::string python_float(double value);

/// Text as Python's `repr` writes a string: single quotes unless only those occur in it.
[[nodiscard]] std::string python_string(std::string_view text);

} // namespace outrider
