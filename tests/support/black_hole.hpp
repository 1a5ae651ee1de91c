#pragma once

#include "engine/core/descriptor.hpp"

#include <cstdint>
#include <vector>

namespace outrider::testing {

/// A port of the loopback address where connects are never answered, as if a firewall dropped them:
/// it listens, its queue is full, and nobody accepts, so the kernel drops what comes.
class black_hole {
  public:
    black_hole();
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    descriptor listening_;
    std::vector<descriptor> queue_;
    std::uint16_t port_ = 0;
};

} // namespace outrider::testing
