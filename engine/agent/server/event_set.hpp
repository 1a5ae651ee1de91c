#pragma once

#include "engine/core/descriptor.hpp"

namespace outrider::agent {

/// Several descriptors behind one that a job can name in `job_wait::readable_fd`. It does not own
/// what is added; a descriptor leaves the set when it is closed.
class event_set {
  public:
    event_set();
    /// False if the kernel refuses; the caller then falls back to deadlines.
    bool add(int fd);
    void remove(int fd);
    /// Whether `fd` has something to read now.
    [[nodiscard]] static bool is_ready(int fd);
    [[nodiscard]] int get() const { return epoll_.get(); }

  private:
    descriptor epoll_;
};

} // namespace outrider::agent
