#pragma once

#include <string_view>

namespace outrider {

/// Whether `left` stands before `right` in natural order: runs of digits compare as numbers, the
/// text between them by bytes, case-sensitively. Total: strings that differ only in leading zeros
/// compare by bytes.
[[nodiscard]] bool natural_less(std::string_view left, std::string_view right);

} // namespace outrider
