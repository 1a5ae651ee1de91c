#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// Whether a variable of the environment looks like a credential, by its name or by a URL with a
/// password in its value. Such variables reach the operation but no file of the run. At least as
/// wide as Guild, which leaves out names with `password`, `token` or `secret`.
[[nodiscard]] bool looks_secret(std::string_view name, std::string_view value);

/// Whether it is one of `named` or looks like a credential.
[[nodiscard]] bool is_secret(std::string_view name, std::string_view value,
                             const std::vector<std::string>& named);

} // namespace outrider
