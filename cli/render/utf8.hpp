#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace outrider::cli {

/// `text` with every byte that is no part of well-formed UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// How many bytes the well-formed character at `at` has: 1 to 4; 0 if none begins there.
[[nodiscard]] std::size_t character_at(std::string_view text, std::size_t at);

/// How many bytes at the end of `text` begin a character whose rest is yet to come: 0 to 3.
[[nodiscard]] std::size_t unfinished_character(std::string_view text);

} // namespace outrider::cli
