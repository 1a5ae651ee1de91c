#pragma once

#include <string>
#include <string_view>

namespace outrider::ssh {

/// Whether a name matches a pattern of OpenSSH's: `*` and `?`; brackets are literal, as
/// "[host]:port" needs them to be.
[[nodiscard]] bool matches_pattern(std::string_view name, std::string_view pattern);
/// The same, with capitals as good as small letters.
[[nodiscard]] bool matches_in_any_case(std::string_view name, std::string_view pattern);
/// With small letters; ASCII only, as in names of hosts.
[[nodiscard]] std::string lower_case(std::string_view text);

} // namespace outrider::ssh
