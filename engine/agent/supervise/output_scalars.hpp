#pragma once

#include "engine/agent/supervise/event_writer.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/scalars/line_attributes.hpp"
#include "engine/scalars/line_scalars.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace outrider::agent {

/// Writes the scalars that an operation prints to an event file below `.guild`, and attributes in
/// lines without scalars to another one; each appears with the first of them. Never in the way of
/// the output: lines are looked at up to 1 KiB, patterns get a tenth of the time, beyond which
/// lines are passed over, and what a full disk does not take is dropped. Owned by the supervisor,
/// fed with the bytes as they come.
class output_scalars {
  public:
    output_scalars(const run_paths& run, const protocol::start_run& request);

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
    [[nodiscard]] bool is_broken() const;

    line_scalars scalars_;
    line_attributes attributes_;
    std::array<open_line, 2> lines_;
    event_writer scalar_file_;
    event_writer attribute_file_;
    // Matching is paid for with ten times its duration; this is when all of it is.
    std::chrono::steady_clock::time_point paid_;
};

} // namespace outrider::agent
