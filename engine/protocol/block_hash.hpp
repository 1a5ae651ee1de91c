#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

/// Hashes of files in blocks, so that two ends can compare a file piece by piece, and either can
/// tell the hash of the whole from hashes of blocks that it did not read again.
namespace outrider::protocol {

/// Bytes of a block; only the last one of a file may be shorter.
inline constexpr std::size_t block_size = std::size_t{128} << 10;
/// The same, to calculate with offsets.
inline constexpr auto block_bytes = static_cast<std::int64_t>(block_size);
/// Files from this size on are compared block by block where the receiver has some of it; bytes.
inline constexpr std::int64_t basis_size = std::int64_t{1} << 20;

/// XXH3-128 in canonical (big-endian) form, as it travels.
using hash128 = std::array<char, 16>;

/// The hash of one block (or of any bytes).
[[nodiscard]] hash128 hash_block(std::string_view bytes);
/// The hash of a block of `block_size` zeros.
[[nodiscard]] const hash128& hash_of_zero_block();
[[nodiscard]] std::string_view bytes_of(const hash128& hash);

/// The hash of a file: XXH3-128 of the hashes of its blocks, one after the other. That of an empty
/// file is the hash of nothing.
class file_hash {
  public:
    file_hash();
    file_hash(file_hash&&) noexcept;
    file_hash& operator=(file_hash&&) noexcept;
    ~file_hash();

    void reset();
    void add(const hash128& block);
    /// Adds `count` full blocks of zeros.
    void add_zero_blocks(std::int64_t count);
    [[nodiscard]] hash128 value() const;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

/// The hash of a file that is all there and not longer than a block.
[[nodiscard]] hash128 hash_of_small_file(std::string_view content);

} // namespace outrider::protocol
