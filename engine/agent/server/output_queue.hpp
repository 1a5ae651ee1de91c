#pragma once

#include "engine/agent/server/lending_pipe.hpp"
#include "engine/protocol/block_hash.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/packet.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

/// Frames that wait to be written to the client, in their order. Blocks of files, which are most of
/// what an agent ever sends, are read from the disk to where they are sent from, and lent to the
/// pipe from there. Owned by the server; the jobs' `reply_channel` fills it.
class output_queue {
  public:
    void add(protocol::frame_kind kind, std::uint32_t request, std::string_view payload);
    /// Room for a block, at the start of a page, for which a disk is quickest. It is the same until
    /// `add_block` takes it.
    [[nodiscard]] std::span<char> block_room();
    /// A data frame of `head`, at most `largest_head`, and the first `size` bytes of the room. Few
    /// bytes are copied, and leave the room where it is.
    void add_block(std::uint32_t request, std::string_view head, std::size_t size);

    /// Bytes that wait.
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// Writes as much as `client` takes. False: nobody reads any more.
    [[nodiscard]] bool write_to(lending_pipe& client);
    /// Nothing more is to come soon: gives memory back, as far as no pipe reads it.
    void rest();
    /// All that waits, for one who does not write it to a pipe.
    [[nodiscard]] std::string take();

  private:
    /// Either small frames together, or the frame of a block.
    struct piece {
        std::string frames;
        std::string_view block_frame;
        std::shared_ptr<char[]> room; // of the block

        [[nodiscard]] std::string_view bytes() const { return room ? block_frame : frames; }
    };
    std::string& small_frames();
    void drop_front();

    std::deque<piece> pieces_;
    std::size_t size_ = 0;
    std::size_t written_ = 0; // bytes at the front of the first piece that are written
    std::string spare_;       // empty; its memory serves the next small frames
    std::vector<std::shared_ptr<char[]>> rooms_;
    std::shared_ptr<char[]> room_; // for the next block
};

} // namespace outrider::agent
