#pragma once

#include "engine/reactor/notifier.hpp"

#include <cstdint>
#include <memory>

namespace outrider {

/// The memory that transfers of one engine may use for what is on its way, whatever their number:
/// each of at most sixteen gets an equal share of 16 MiB, further ones wait. (As many bulk agents
/// have two read buffers, or pieces of shared memory in their place, of which about 512 KiB are
/// used each: 32 MiB in all.) Owned by the engine.
class transfer_slots {
  public:
    explicit transfer_slots(const asio::any_io_executor& executor) : freed_(executor) {}
    transfer_slots(const transfer_slots&) = delete;
    transfer_slots& operator=(const transfer_slots&) = delete;

    /// The right to transfer, given back when it is destroyed.
    class slot {
      public:
        slot() = default;
        /// The window that each transfer may have now, bytes.
        [[nodiscard]] std::int64_t share() const;

      private:
        friend class transfer_slots;
        struct give_back {
            void operator()(transfer_slots* owner) const { owner->release(); }
        };
        explicit slot(transfer_slots* owner) : owner_(owner) {}
        std::unique_ptr<transfer_slots, give_back> owner_;
    };
    /// Waits for a free one. Fails with `cancelled` only.
    [[nodiscard]] awaitable<result<slot>> take();

  private:
    static constexpr int most = 16;
    static constexpr std::int64_t memory = std::int64_t{16} << 20;
    static constexpr std::int64_t most_share = std::int64_t{8} << 20;

    void release();

    int used_ = 0;
    notifier freed_;
};

} // namespace outrider
