#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outrider {

/// The wire types of protocol buffers.
enum class wire_type : std::uint8_t {
    varint = 0,  ///< integers, enumerations, booleans
    fixed64 = 1, ///< doubles
    bytes = 2,   ///< strings, messages, packed lists
    fixed32 = 5, ///< floats
};

/// One field of a message.
struct wire_field {
    std::uint32_t number = 0;
    wire_type type = wire_type::varint;
    std::uint64_t value = 0; ///< of all but `bytes`
    std::string_view bytes;
};

/// Reads the fields of one message, in order, from bytes that outlive it.
class wire_reader {
  public:
    explicit wire_reader(std::string_view bytes) : rest_(bytes) {}

    /// Nothing: the message ends, or it is damaged from here on.
    [[nodiscard]] std::optional<wire_field> next();
    /// One number of a packed list.
    [[nodiscard]] std::optional<std::uint64_t> varint();

  private:
    std::string_view rest_;
};

/// The meaning of fixed fields.
[[nodiscard]] double wire_double(std::uint64_t bits);
[[nodiscard]] float wire_float(std::uint64_t bits);

void append_varint_field(std::string& out, std::uint32_t number, std::uint64_t value);
void append_double_field(std::string& out, std::uint32_t number, double value);
void append_float_field(std::string& out, std::uint32_t number, float value);
void append_bytes_field(std::string& out, std::uint32_t number, std::string_view bytes);

} // namespace outrider
