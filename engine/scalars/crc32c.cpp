#include "engine/scalars/crc32c.hpp"

#include <array>

namespace outrider {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78; // reflected
constexpr std::uint32_t mask_delta = 0xa282ead8;

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ polynomial : crc >> 1;
        }
        table[byte] = crc;
    }
    return table;
}

constexpr auto table = make_table();

} // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
    std::uint32_t crc = 0xffffffff;
    for (const char byte : bytes) {
        crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xff] ^ crc >> 8;
    }
    crc = ~crc;
    return (crc >> 15 | crc << 17) + mask_delta;
}

} // namespace outrider
