#pragma once

#include <cstdint>
#include <string_view>

namespace outrider {

/// CRC-32C (Castagnoli) of some bytes, masked as TFRecord files hold it: rotated right by 15 bits,
/// plus 0xa282ead8.
[[nodiscard]] std::uint32_t masked_crc32c(std::string_view bytes);

} // namespace outrider
