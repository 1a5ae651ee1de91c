#pragma once

#include <string_view>
#include <vector>

namespace outrider {

/// The numbers that a version begins with: "3.11.2 (main, ...)" has three.
[[nodiscard]] std::vector<int> version_parts(std::string_view text);

/// Whether a version ("3.11.2", "3.9") fulfils a requirement: `>=3.6,<4`, `==3.9`, `~=3.8`,
/// `!=3.7.1`, or a bare `3.9`. A version counts as far as the requirement is written: 3.9.2 is
/// `==3.9`. What is no requirement is not fulfilled. Pure.
[[nodiscard]] bool fits_version(std::string_view version, std::string_view requirement);

} // namespace outrider
