#pragma once

#include "engine/remotes/transport.hpp"
#include "transports/ssh/child_ssh.hpp"

#include <memory>

namespace outrider::ssh {

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
