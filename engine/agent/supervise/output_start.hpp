#pragma once

#include "engine/agent/server/job.hpp"

#include <cstdint>

namespace outrider::agent {

/// Finds the byte at which a watch of part of the output begins, a slice of the file at a time: it
/// may hold gigabytes.
class output_start {
  public:
    /// The byte after the first `lines` line feeds; the end where there are fewer.
    [[nodiscard]] static output_start after_lines(std::int64_t lines);
    /// The first byte of the last `lines` lines of a file of `size` bytes. A last line without line
    /// feed counts.
    [[nodiscard]] static output_start last_lines(std::int64_t size, std::int64_t lines);

    /// Goes on until `deadline`; true when `offset` is found. `output` may end early.
    [[nodiscard]] bool step(int output, clock::time_point deadline);
    [[nodiscard]] std::int64_t offset() const { return offset_; }

  private:
    output_start(std::int64_t offset, std::int64_t lines, bool backward)
        : offset_(offset), left_(lines), backward_(backward) {}

    bool step_forward(int output);
    bool step_backward(int output);

    std::int64_t offset_;
    std::int64_t left_; // line feeds to find
    bool backward_;
    bool at_end_ = true; // backward: the last byte of the file was not looked at yet
};

} // namespace outrider::agent
