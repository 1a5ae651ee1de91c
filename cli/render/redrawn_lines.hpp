#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::cli {

/// A line as it is shown in the end.
struct final_line {
    std::string text;
    std::optional<std::int64_t> time_ms; ///< when it was written last, if that is known
};

/// What lines of a program's output show in the end. Most are over with their line feed. Progress
/// bars below each other are not: they move the cursor up and draw again, with a line feed for each
/// time. Once a program has moved the cursor up by N lines, its last N lines wait until it writes
/// more lines than that, or ends: then each is told once, in its last state. Pure; holds at most
/// `most_rows` lines of at most `most_text` bytes.
class redrawn_lines {
  public:
    /// Farther up nobody draws bars.
    static constexpr std::size_t most_rows = 64;
    /// Bytes of a line that are kept.
    static constexpr std::size_t most_text = std::size_t{64} << 10;

    /// The next line, without its line feed: adds to `over` what cannot be drawn again.
    void feed(std::string_view line, std::optional<std::int64_t> time_ms,
              std::vector<final_line>& over);
    /// What is left at the end.
    [[nodiscard]] std::vector<final_line> rest();

  private:
    struct row {
        std::string text;
        std::optional<std::int64_t> time_ms;
        bool restarts = false; ///< what is written next takes the place of the text
        bool drawn = false;    ///< the cursor has come back to it
    };

    void play(std::string_view line, std::optional<std::int64_t> time_ms);
    void write(std::string_view text, std::optional<std::int64_t> time_ms);
    void move_up(std::size_t rows);
    void move_down();
    void tell_first(std::vector<final_line>& over);

    std::deque<row> rows_{1};
    std::size_t cursor_ = 0; ///< of the rows
    std::size_t reach_ = 0;  ///< how far up the cursor was moved; 0: never
    std::size_t feeds_since_up_ = 0;
};

} // namespace outrider::cli
