#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/runs/run_paths.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace outrider::agent {

/// An event file below `.guild`, which appears with its first event. What a full disk does not take
/// is dropped, and so is what comes beyond 256 MiB.
class event_writer {
  public:
    /// `ending` follows the name that TensorBoard's writer gives.
    event_writer(fs::path directory, std::string ending)
        : directory_(std::move(directory)), ending_(std::move(ending)) {}

    /// Keeps an event for the next `write`.
    void append(const std::string& event);
    void write();
    /// No more is written: neither is there need to look for more.
    [[nodiscard]] bool is_broken() const { return broken_; }

  private:
    void create();

    fs::path directory_;
    std::string ending_;
    std::string records_; // not written yet
    descriptor file_;
    std::uint64_t written_ = 0; // bytes
    bool broken_ = false;
};

/// Now, in seconds since the epoch, as events have it.
[[nodiscard]] double event_seconds();

} // namespace outrider::agent
