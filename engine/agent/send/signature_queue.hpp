#pragma once

#include "engine/protocol/packet.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace outrider::agent {

/// What the receiver has of the files that are to be sent: hashes of blocks, used up in the order
/// in which they come. Bounded: where hashes pile up because the link is slower than the disk
/// there, the further ones are dropped, and the blocks are sent as if they were not there.
class signature_queue {
  public:
    /// Takes in a `signature` packet; `protocol_violation` where it is malformed.
    [[nodiscard]] result<> add(std::string_view packet);

    enum class answer {
        waiting, ///< the receiver has not told yet
        absent,  ///< it has no such block
        present, ///< it has it, with the hash that was given
    };
    /// Looks for a block of an order's file. Orders are asked for in ascending order, and the
    /// blocks of each too: what comes before is forgotten.
    [[nodiscard]] answer look_up(std::int64_t number, std::int64_t block, protocol::hash128& hash);

  private:
    /// The hashes of neighbouring blocks of one order.
    struct stretch {
        std::int64_t number = 0;
        std::int64_t first = 0;
        std::string hashes;
        bool last = false;
    };
    std::deque<stretch> stretches_;
    std::size_t bytes_ = 0; // that they take
};

} // namespace outrider::agent
