#pragma once

#include "engine/remotes/transport.hpp"
#include "transports/ssh/child_ssh.hpp"
#include "transports/ssh/connector.hpp"

#include <memory>

namespace outrider::ssh {

/// A logged-in session as a connection; each shell is a channel of it, at most eight at a time.
class session_connection final : public connection {
  public:
    explicit session_connection(reached_session reached) : reached_(std::move(reached)) {}
    /// `conflict` when there are eight already, or when the server refuses one more.
    awaitable<result<std::unique_ptr<byte_stream>>> open_shell() override;
    [[nodiscard]] bool alive() const override { return reached_.wire->alive(); }
    awaitable<void> close() override;
    ~session_connection() override;

  private:
    reached_session reached_;
};

/// The connection that a child `ssh` holds.
class child_connection final : public connection {
  public:
    explicit child_connection(std::shared_ptr<child_master> master) : master_(std::move(master)) {}
    awaitable<result<std::unique_ptr<byte_stream>>> open_shell() override {
        return master_->open_shell();
    }
    [[nodiscard]] bool alive() const override { return master_->alive(); }
    awaitable<void> close() override { return master_->close(); }

  private:
    std::shared_ptr<child_master> master_;
};

} // namespace outrider::ssh
