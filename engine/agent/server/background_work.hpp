#pragma once

#include "engine/agent/server/job.hpp"

#include <vector>

namespace outrider::agent {

/// What an agent does beside its requests, on the same thread. The server advances it in each
/// round of its loop and wakes for what it waits for. Nothing in it waits.
class background_work {
  public:
    background_work() = default;
    background_work(const background_work&) = delete;
    background_work& operator=(const background_work&) = delete;
    virtual ~background_work() = default;

    virtual void advance() = 0;
    /// What to wake for.
    [[nodiscard]] virtual std::vector<job_wait> waits() const = 0;
    /// Whether requests that tell the state of runs have to wait: what they need is on its way.
    [[nodiscard]] virtual bool holds_readers() const = 0;
};

} // namespace outrider::agent
