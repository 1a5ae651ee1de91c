#pragma once

#include "engine/protocol/frame.hpp"

#include <deque>
#include <string>
#include <string_view>

namespace outrider {

/// Frames that wait for the wire, in their order: our own together in one piece, those that are
/// passed on where they were received. Owned by the client of the wire, which bounds it.
class outbox {
  public:
    /// Bytes that go to the wire at once.
    class piece {
      public:
        [[nodiscard]] std::string_view bytes() const {
            return passed_on_.empty() ? own_ : passed_on_;
        }

      private:
        friend class outbox;
        std::string own_;
        std::string_view passed_on_;        // all of `received_`
        protocol::received_bytes received_; // keeps them
    };

    void add(protocol::frame_kind kind, std::uint32_t request, std::string_view payload);
    /// A frame that came from elsewhere goes on as one of `request`.
    void pass_on(protocol::frame received, std::uint32_t request);

    [[nodiscard]] bool empty() const { return pieces_.empty(); }
    /// Bytes that wait.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// Takes the first piece; there must be one.
    [[nodiscard]] piece take();

  private:
    std::deque<piece> pieces_;
    std::size_t size_ = 0;
};

} // namespace outrider
