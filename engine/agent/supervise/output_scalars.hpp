#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/scalars/line_scalars.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace outrider::agent {

/// Writes the scalars that an operation prints to an event file below `.guild`, which appears with
/// the first of them. Never in the way of the output: lines are looked at up to 1 KiB, patterns
/// get a tenth of the time, beyond which lines are passed over, and what a full disk does not take
/// is dropped. Owned by the supervisor, fed with the bytes as they come.
class output_scalars {
  public:
    output_scalars(const run_paths& run, const protocol::output_scalar_rules& rules);

    /// `stream` is 0 or 1: lines of the two streams are not mixed.
    void feed(std::string_view bytes, std::size_t stream);
    /// Takes last lines without line feed as well.
    void finish();

  private:
    /// A line that is not whole yet.
    struct open_line {
        std::string text;
        bool too_long = false;
    };
    void take(std::string_view line);
    void end_line(open_line& line);
    bool may_work() const;
    void take_points(std::string_view line);
    void write();
    void create_file();

    fs::path directory_;
    line_scalars scalars_;
    std::array<open_line, 2> lines_;
    std::string records_; // not written yet
    descriptor file_;
    std::uint64_t written_ = 0; // bytes of the file
    bool broken_ = false;       // no more is written
    // Matching is paid for with ten times its duration; this is when all of it is.
    std::chrono::steady_clock::time_point paid_;
};

} // namespace outrider::agent
