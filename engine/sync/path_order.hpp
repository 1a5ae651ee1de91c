#pragma once

#include <compare>
#include <string_view>

namespace outrider {

/// The order of paths in a scan: a directory before what is in it, the names of a directory in byte
/// order. So '/' counts less than any byte of a name. Pure.
[[nodiscard]] std::strong_ordering compare_paths(std::string_view a, std::string_view b);

/// Whether `path` is `root` or lies below it.
[[nodiscard]] bool is_or_is_below(std::string_view path, std::string_view root);

} // namespace outrider
