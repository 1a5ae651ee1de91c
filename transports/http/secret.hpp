#pragma once

#include "engine/core/result.hpp"

#include <string>
#include <string_view>

namespace outrider {

/// 256 random bits in hexadecimal digits.
[[nodiscard]] result<std::string> new_secret();

/// Compares what somebody gave with a secret. Takes as long whatever the first difference is, so
/// that time tells nothing about the secret. Nothing is equal to an empty secret.
[[nodiscard]] bool same_secret(std::string_view given, std::string_view secret);

} // namespace outrider
