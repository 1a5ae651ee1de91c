#pragma once

#include "engine/remotes/byte_stream.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace outrider::testing {

/// Where a stream breaks, and what was seen of it. Shared by the test and the stream.
struct stream_cut {
    bool reading = false;         ///< of the two directions: what comes from the agent
    std::size_t after = SIZE_MAX; ///< bytes in that direction that still pass
    bool breaks = true;           ///< the wire is gone then; otherwise only `happens` is called
    failure why{errc::connect_failed, "the wire broke"};
    int turns = 0; ///< of the reactor, after which it happens
    std::function<void()> happens;

    std::size_t passed = 0; ///< so far, in that direction
    bool done = false;
};

/// A stream that breaks at a given byte, inside a frame as well as between two.
class cut_stream final : public byte_stream {
  public:
    cut_stream(std::unique_ptr<byte_stream> inner, std::shared_ptr<stream_cut> cut)
        : inner_(std::move(inner)), cut_(std::move(cut)) {}

    awaitable<result<std::size_t>> read_some(std::span<char> into) override;
    awaitable<result<>> write(std::string_view bytes) override;
    awaitable<void> close() override { return inner_->close(); }
    [[nodiscard]] std::string diagnostics() const override { return inner_->diagnostics(); }

  private:
    [[nodiscard]] bool broken() const { return cut_->done && cut_->breaks; }
    [[nodiscard]] std::size_t allowance(std::size_t wanted) const;
    void pass(std::size_t bytes, const asio::any_io_executor& executor);

    std::unique_ptr<byte_stream> inner_;
    std::shared_ptr<stream_cut> cut_;
};

} // namespace outrider::testing
