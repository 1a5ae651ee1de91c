#pragma once

#include "engine/remotes/byte_stream.hpp"

#include <memory>
#include <string>

namespace outrider {

/// A stream of which something was read too much: hands that out first, then goes on. Owns the
/// inner stream.
class resumed_stream final : public byte_stream {
  public:
    resumed_stream(std::unique_ptr<byte_stream> inner, std::string head)
        : inner_(std::move(inner)), head_(std::move(head)) {}

    awaitable<result<std::size_t>> read_some(std::span<char> into) override;
    awaitable<result<>> write(std::string_view bytes) override { return inner_->write(bytes); }
    awaitable<void> close() override { return inner_->close(); }
    [[nodiscard]] std::string diagnostics() const override { return inner_->diagnostics(); }

  private:
    std::unique_ptr<byte_stream> inner_;
    std::string head_;
};

} // namespace outrider
