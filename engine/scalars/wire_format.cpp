#include "engine/scalars/wire_format.hpp"

#include "engine/scalars/little_endian.hpp"

#include <bit>

namespace outrider {
namespace {

void append_varint(std::string& out, std::uint64_t value) {
    while (value > 0x7f) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

void append_key(std::string& out, std::uint32_t number, wire_type type) {
    append_varint(out, std::uint64_t{number} << 3 | static_cast<std::uint64_t>(type));
}

} // namespace

std::optional<std::uint64_t> wire_reader::varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if ((byte & 0x80) == 0) {
            return value;
        }
    }
    rest_ = {};
    return std::nullopt;
}

std::optional<wire_field> wire_reader::next() {
    const auto key = varint();
    if (!key || *key >> 3 > 0x1fffffff) {
        return std::nullopt;
    }
    wire_field out{.number = static_cast<std::uint32_t>(*key >> 3),
                   .type = static_cast<wire_type>(*key & 7)};
    if (out.type == wire_type::fixed64 && rest_.size() >= 8) {
        out.value = read_little_endian<std::uint64_t>(rest_);
        rest_.remove_prefix(8);
        return out;
    }
    if (out.type == wire_type::fixed32 && rest_.size() >= 4) {
        out.value = read_little_endian<std::uint32_t>(rest_);
        rest_.remove_prefix(4);
        return out;
    }
    if (out.type != wire_type::varint && out.type != wire_type::bytes) {
        return std::nullopt;
    }
    const auto value = varint();
    if (!value) {
        return std::nullopt;
    }
    out.value = *value;
    if (out.type == wire_type::bytes) {
        if (*value > rest_.size()) {
            return std::nullopt;
        }
        out.bytes = rest_.substr(0, static_cast<std::size_t>(*value));
        rest_.remove_prefix(out.bytes.size());
    }
    return out;
}

double wire_double(std::uint64_t bits) {
    return std::bit_cast<double>(bits);
}

float wire_float(std::uint64_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}

void append_varint_field(std::string& out, std::uint32_t number, std::uint64_t value) {
    append_key(out, number, wire_type::varint);
    append_varint(out, value);
}

void append_double_field(std::string& out, std::uint32_t number, double value) {
    append_key(out, number, wire_type::fixed64);
    append_little_endian(out, std::bit_cast<std::uint64_t>(value));
}

void append_float_field(std::string& out, std::uint32_t number, float value) {
    append_key(out, number, wire_type::fixed32);
    append_little_endian(out, std::bit_cast<std::uint32_t>(value));
}

void append_bytes_field(std::string& out, std::uint32_t number, std::string_view bytes) {
    append_key(out, number, wire_type::bytes);
    append_varint(out, bytes.size());
    out.append(bytes);
}

} // namespace outrider
