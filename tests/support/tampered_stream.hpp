#pragma once

#include "engine/protocol/frame.hpp"
#include "engine/remotes/byte_stream.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace outrider::testing {

/// Changes what an agent says: gets the payload of each `data` frame, and may change it, or give
/// more payloads that are sent after it as frames of the same request.
using tampering = std::function<std::vector<std::string>(std::string& payload)>;

/// A stream from an agent that lies. What is sent to the agent passes unchanged.
class tampered_stream final : public byte_stream {
  public:
    tampered_stream(std::unique_ptr<byte_stream> inner, tampering tamper)
        : inner_(std::move(inner)), tamper_(std::move(tamper)) {}

    awaitable<result<std::size_t>> read_some(std::span<char> into) override;
    awaitable<result<>> write(std::string_view bytes) override {
        co_return co_await inner_->write(bytes);
    }
    awaitable<void> close() override { return inner_->close(); }
    [[nodiscard]] std::string diagnostics() const override { return inner_->diagnostics(); }

  private:
    void pass(protocol::frame frame);

    std::unique_ptr<byte_stream> inner_;
    tampering tamper_;
    bool framed_ = false; // the agent has said hello: before it, a shell spoke
    protocol::frame_reader reader_;
    std::string ready_; // to be read
};

} // namespace outrider::testing
