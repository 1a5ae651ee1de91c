#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace outrider {

/// The integer of these digits (lower or upper case, no sign) in base 2, 8, 10 or 16. JSON numbers
/// hold 64 bits; a larger one is an object of one member, whose name no text document can contain.
/// Nothing where there is no digit, or what is none.
[[nodiscard]] std::optional<boost::json::value> integer_of(std::string_view digits, int base,
                                                           bool negative);

/// The decimal digits, with a sign, of an integer beyond 64 bits. They live as long as the value.
[[nodiscard]] std::optional<std::string_view> big_integer_digits(const boost::json::value& value);

/// Whether a value is an integer of any size.
[[nodiscard]] bool is_integer(const boost::json::value& value);

/// A number of any kind and size, nearest double.
[[nodiscard]] std::optional<double> number_of(const boost::json::value& value);

} // namespace outrider
