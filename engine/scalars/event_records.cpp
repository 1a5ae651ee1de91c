#include "engine/scalars/event_records.hpp"

#include "engine/scalars/little_endian.hpp"

#include <algorithm>
#include <array>

namespace outrider {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78; // reflected
constexpr std::uint32_t mask_delta = 0xa282ead8;

/// Eight bytes at a time ("slicing by 8"): row N is the effect of a byte that N others follow.
constexpr std::size_t crc_slices = 8;
using crc_table = std::array<std::array<std::uint32_t, 256>, crc_slices>;

constexpr crc_table make_table() {
    crc_table rows{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ polynomial : crc >> 1;
        }
        rows[0][byte] = crc;
    }
    for (std::size_t row = 1; row < crc_slices; ++row) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = rows[row - 1][byte];
            rows[row][byte] = before >> 8 ^ rows[0][before & 0xff];
        }
    }
    return rows;
}

constexpr crc_table table = make_table();

constexpr std::size_t header_size = 12; // length and its checksum
constexpr std::size_t footer_size = 4;
/// Largest record that is looked at, bytes: scalars take some fifty.
constexpr std::uint64_t largest_record = std::uint64_t{4} << 20;
/// Longer than any file: such a length would overflow.
constexpr std::uint64_t absurd_record = std::uint64_t{1} << 60;

} // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
    std::uint32_t crc = 0xffffffff;
    while (bytes.size() >= crc_slices) {
        const auto low = read_little_endian<std::uint32_t>(bytes) ^ crc;
        const auto high = read_little_endian<std::uint32_t>(bytes.substr(4));
        crc = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^ table[5][low >> 16 & 0xff] ^
              table[4][low >> 24] ^ table[3][high & 0xff] ^ table[2][high >> 8 & 0xff] ^
              table[1][high >> 16 & 0xff] ^ table[0][high >> 24];
        bytes.remove_prefix(crc_slices);
    }
    for (const char byte : bytes) {
        crc = table[0][(crc ^ static_cast<unsigned char>(byte)) & 0xff] ^ crc >> 8;
    }
    crc = ~crc;
    return (crc >> 15 | crc << 17) + mask_delta;
}

void event_records::advance(std::size_t bytes) {
    start_ += bytes;
    position_ += bytes;
}

void event_records::feed(std::string_view bytes) {
    if (start_ > 0) {
        buffer_.erase(0, start_);
        start_ = 0;
    }
    buffer_.append(bytes);
}

event_records::found event_records::next(std::string_view& payload) {
    for (;;) {
        if (pass_over_ > 0) {
            const auto dropped =
                static_cast<std::size_t>(std::min<std::uint64_t>(pass_over_, available()));
            advance(dropped);
            pass_over_ -= dropped;
            if (pass_over_ > 0) {
                return found::more;
            }
            consumed_ = position_;
        }
        if (available() < header_size) {
            return found::more;
        }
        const std::string_view rest = std::string_view(buffer_).substr(start_);
        const auto length = read_little_endian<std::uint64_t>(rest);
        if (read_little_endian<std::uint32_t>(rest.substr(8)) != masked_crc32c(rest.substr(0, 8)) ||
            length > absurd_record) {
            return found::damaged;
        }
        if (length > largest_record) {
            pass_over_ = header_size + length + footer_size;
            continue;
        }
        const auto size = static_cast<std::size_t>(length);
        if (rest.size() < header_size + size + footer_size) {
            return found::more;
        }
        payload = rest.substr(header_size, size);
        advance(header_size + size + footer_size);
        if (read_little_endian<std::uint32_t>(rest.substr(header_size + size)) ==
            masked_crc32c(payload)) {
            consumed_ = position_;
            return found::record;
        }
        // Still being written, or spoilt: the ones after it count all the same, and it is looked at
        // again as long as it is the last.
    }
}

void append_event_record(std::string& out, std::string_view payload) {
    const auto at = out.size();
    append_little_endian(out, static_cast<std::uint64_t>(payload.size()));
    append_little_endian(out, masked_crc32c(std::string_view(out).substr(at, 8)));
    out.append(payload);
    append_little_endian(out, masked_crc32c(payload));
}

} // namespace outrider
