#pragma once

#include "engine/agent/receive/run_intake.hpp"

#include <deque>
#include <memory>

namespace outrider::agent {

/// Prepares the next files that have a basis while others are being received, so that the sender
/// never waits for a signature at its turn. Looks at the orders of one run in sequence; two files
/// are prepared ahead at most, of a bounded number of blocks.
class basis_lookahead {
  public:
    /// Looks at orders which nobody has looked at yet; `window` begins with the next one.
    [[nodiscard]] result<> look(run_intake& run, const std::deque<protocol::file_order>& window);
    /// The order was taken from the front of the window: gives its basis, if it asks for one.
    [[nodiscard]] result<std::unique_ptr<basis_signature>> take(run_intake& run,
                                                                const protocol::file_order& order);
    /// Prepares `current`, which may be nothing, then what is ahead, and tells the signatures in
    /// that order. True when there is nothing left to prepare now.
    [[nodiscard]] result<bool> prepare(basis_signature* current, reply_channel& channel,
                                       clock::time_point deadline);
    /// Nothing of what is ahead is of use; with `drop` not for another transfer either.
    void abandon(bool drop);

  private:
    std::deque<std::unique_ptr<basis_signature>> ahead_;
    std::size_t looked_at_ = 0; // orders at the front of the window
};

} // namespace outrider::agent
