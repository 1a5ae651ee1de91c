#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace outrider {

/// A little-endian number at the start of `bytes`, which holds at least that many.
template <class Number>
[[nodiscard]] Number read_little_endian(std::string_view bytes) {
    Number value = 0;
    for (std::size_t i = sizeof(Number); i-- > 0;) {
        value = static_cast<Number>(value << 8 | static_cast<unsigned char>(bytes[i]));
    }
    return value;
}

template <class Number>
void append_little_endian(std::string& out, Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        out.push_back(static_cast<char>(value & 0xff));
        value = static_cast<Number>(value >> 8);
    }
}

} // namespace outrider
