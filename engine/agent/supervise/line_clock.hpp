#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/core/descriptor.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

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
