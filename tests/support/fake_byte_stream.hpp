#pragma once

#include "engine/reactor/notifier.hpp"
#include "engine/remotes/byte_stream.hpp"

#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>

namespace outrider::testing {

/// Both directions of a fake stream, seen from the far end: what the code under test wrote, and
/// what it will read. Lives on one reactor thread.
struct fake_wire {
    explicit fake_wire(asio::any_io_executor executor)
        : to_near_changed(executor), written(executor) {}

    std::string to_near;           ///< not yet read by the code under test
    bool ended = false;            ///< after `to_near` comes the orderly end
    std::optional<failure> broken; ///< reads and writes fail with this
    bool throws = false;           ///< the read that is waiting then
    std::string from_near;         ///< everything it wrote
    std::size_t room = 0;          ///< bytes that its last read was prepared for
    bool closed = false;
    bool blocks_writes = false; ///< writes wait until this is false again
    notifier to_near_changed;
    notifier written;

    void say(std::string_view bytes) {
        to_near += bytes;
        to_near_changed.notify();
    }
    void end() {
        ended = true;
        to_near_changed.notify();
    }
    void cut(failure why) {
        broken = std::move(why);
        to_near_changed.notify();
        written.notify();
    }
};

/// A byte_stream over a fake wire.
class fake_byte_stream final : public byte_stream {
  public:
    explicit fake_byte_stream(std::shared_ptr<fake_wire> wire) : wire_(std::move(wire)) {}

    awaitable<result<std::size_t>> read_some(std::span<char> into) override {
        wire_->room = into.size();
        while (wire_->to_near.empty() && !wire_->ended && !wire_->broken) {
            if (!co_await wire_->to_near_changed.wait()) {
                co_return failure(errc::cancelled, "read cancelled");
            }
            if (wire_->throws) {
                throw std::bad_alloc();
            }
        }
        if (wire_->broken) {
            co_return *wire_->broken;
        }
        const std::size_t size = std::min(into.size(), wire_->to_near.size());
        std::memcpy(into.data(), wire_->to_near.data(), size);
        wire_->to_near.erase(0, size);
        co_return size;
    }
    awaitable<result<>> write(std::string_view bytes) override {
        const std::string copy(bytes);
        while (wire_->blocks_writes && !wire_->broken) {
            if (!co_await wire_->written.wait()) {
                co_return failure(errc::cancelled, "write cancelled");
            }
        }
        if (wire_->broken) {
            co_return *wire_->broken;
        }
        wire_->from_near += copy;
        wire_->written.notify();
        co_return result<>();
    }
    awaitable<void> close() override {
        wire_->closed = true;
        co_return;
    }
    std::string diagnostics() const override { return "fake"; }

  private:
    std::shared_ptr<fake_wire> wire_;
};

} // namespace outrider::testing
