#pragma once

#include <cstdint>
#include <string>

namespace outrider::agent {

/// Notices whether the kernel killed a process of this control group for want of memory since it
/// was made. Knows nothing where control groups are not visible.
class out_of_memory_watch {
  public:
    out_of_memory_watch();
    [[nodiscard]] bool happened() const;

  private:
    std::string events_; // path of the counters
    std::int64_t before_ = 0;
};

} // namespace outrider::agent
