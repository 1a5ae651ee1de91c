#pragma once

#include "engine/agent/receive/arriving_file.hpp"
#include "engine/agent/server/job.hpp"
#include "engine/protocol/packet.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace outrider::agent {

/// Prepares the temporary file of a file of which something is here: what is left of an interrupted
/// transfer, continued with the present file, in one pass that reads, hashes and writes. Remembers
/// the hash of each block: the sender says which of them stay.
class basis_signature {
  public:
    /// Blocks of one file of which hashes are kept, at most: 192 GiB of it in 24 MiB of memory.
    /// What a file has beyond that is sent as if it were not here.
    static constexpr std::int64_t most_blocks = std::int64_t{3} << 19;

    /// `file` is nothing if there is no temporary file to prepare (the run is left as it is);
    /// `present` may be nothing; `limit` is how much of the basis is of use, bytes.
    basis_signature(std::int64_t number, std::optional<arriving_file> file, descriptor present,
                    std::int64_t limit);

    [[nodiscard]] std::int64_t number() const { return number_; }
    /// Goes on until `deadline`; fails where the temporary file cannot be written.
    [[nodiscard]] result<> step(clock::time_point deadline);
    /// All of the basis is prepared, or nobody wants the rest.
    [[nodiscard]] bool complete() const { return at_ >= size_; }
    void stop() { size_ = at_; }
    /// Appends what was not told yet as records, in packets of at most 64 KiB.
    void tell(reply_channel& channel);
    [[nodiscard]] bool told() const { return told_last_; }

    /// Bytes that the basis has so far; blocks before that are ready.
    [[nodiscard]] std::int64_t prepared() const { return at_; }
    [[nodiscard]] std::int64_t blocks() const;
    /// Blocks that the basis will have in the end.
    [[nodiscard]] std::int64_t expected_blocks() const;
    [[nodiscard]] protocol::hash128 hash_of_block(std::int64_t index) const;
    /// The temporary file, which the receiver of the content takes over and shares.
    [[nodiscard]] arriving_file* file() { return file_ ? &*file_ : nullptr; }
    /// The block has the content of this hash from now on: with another one than it had it cannot
    /// be kept any more.
    void note_overwritten(std::int64_t index, const protocol::hash128& by);
    [[nodiscard]] bool is_overwritten(std::int64_t index) const;

  private:
    void begin(std::int64_t limit);
    result<bool> take_block();
    result<> take_hole();
    [[nodiscard]] int source() const;

    std::int64_t number_;
    std::optional<arriving_file> file_;
    descriptor present_;
    std::int64_t own_ = 0;  // bytes of the basis that are in the temporary file already
    std::int64_t size_ = 0; // bytes of the basis, as far as is known
    std::int64_t at_ = 0;   // bytes prepared
    std::string hashes_;
    std::size_t told_ = 0; // bytes of hashes_
    bool told_last_ = false;
    std::unique_ptr<char[]> buffer_; // a block; while there is something to prepare
    std::vector<bool> overwritten_;
};

} // namespace outrider::agent
