#pragma once

#include <boost/json/value.hpp>

#include <string_view>

namespace outrider {

/// What a plain (unquoted) YAML 1.1 scalar means to PyYAML with Guild's additions: floats without a
/// dot (`1e2`) and with an unsigned exponent, and `y`/`n` that must be quoted to stay text.
enum class yaml_kind {
    text,      ///< a string
    null,      ///< empty, `~`, `null`
    boolean,   ///< yes, no, true, false, on, off
    integer,   ///< decimal, octal `012`, `0x`, `0b`, sexagesimal `1:30`
    real,      ///< a float, also `.inf`, `.nan`, `1:30.5`
    timestamp, ///< a date or a date with a time
    special,   ///< `<<`, `=`, and what a plain scalar may not be
};

/// The kind of a plain scalar by its look.
[[nodiscard]] yaml_kind kind_of_plain(std::string_view text);

/// The value of a plain scalar. Timestamps and specials stay text; integers may be of
/// any size (`big_integer.hpp`).
[[nodiscard]] boost::json::value value_of_plain(std::string_view text);

} // namespace outrider
