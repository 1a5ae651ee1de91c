#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/core/descriptor.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// Tells when the lines of an output were written, while a follow reads it from front to back.
/// Owned by that follow.
class line_clock {
  public:
    /// `index` is the path of the index; it may come later than the first line.
    explicit line_clock(std::string index) : index_path_(std::move(index)) {}

    /// Counts the lines up to `offset`, where the follow begins, until `deadline`; true when done.
    [[nodiscard]] bool reach(int output, std::int64_t offset, clock::time_point deadline);
    /// Of each line that begins in `piece`, which comes next: ms since the epoch. A line that is
    /// not in the index yet: when the output was written last.
    [[nodiscard]] std::vector<std::int64_t> times_in(std::string_view piece, int output);
    /// The output was replaced and is read from its front again.
    void restart();

  private:
    void pass(std::string_view bytes);

    std::string index_path_;
    descriptor index_;
    std::int64_t offset_ = 0; // bytes that were passed
    std::int64_t feeds_ = 0;  // line feeds in them: the number of the line that begins next
    bool at_line_begin_ = true;
};

} // namespace outrider::agent
