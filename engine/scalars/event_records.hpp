#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace outrider {

/// CRC-32C (Castagnoli) of some bytes, masked as TFRecord files hold it: rotated right by 15 bits,
/// plus 0xa282ead8.
[[nodiscard]] std::uint32_t masked_crc32c(std::string_view bytes);

/// Cuts an event file into its records (TFRecord: u64 length, masked CRC of it, data, masked CRC of
/// that, little-endian). Bounded: a record beyond 4 MiB (an image) is passed over without being
/// held. A last record that is not whole yet is no error: `consumed` says where to read on.
class event_records {
  public:
    enum class found {
        record,  ///< `payload` is one, until the next call
        more,    ///< more bytes are needed
        damaged, ///< what follows is no record: nothing after it can be found
    };

    /// Adds the next bytes of the file.
    void feed(std::string_view bytes);
    [[nodiscard]] found next(std::string_view& payload);
    /// Bytes up to the end of the last record that is whole and right.
    [[nodiscard]] std::uint64_t consumed() const { return consumed_; }

  private:
    [[nodiscard]] std::size_t available() const { return buffer_.size() - start_; }
    void advance(std::size_t bytes);

    std::string buffer_;
    std::size_t start_ = 0;      // bytes of `buffer_` that are done with
    std::uint64_t position_ = 0; // of `start_` in what was fed
    std::uint64_t consumed_ = 0;
    std::uint64_t pass_over_ = 0; // bytes to drop: of a record that is too large
};

/// Appends one record.
void append_event_record(std::string& out, std::string_view payload);

} // namespace outrider
