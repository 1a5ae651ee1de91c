#pragma once

#include "cli/render/redrawn_lines.hpp"
#include "engine/api/events.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace outrider::cli {

/// How the output of watched runs is shown.
struct watched_output_style {
    bool terminal = false;   ///< it goes to one
    bool colour = false;     ///< colours are wanted
    bool timestamps = false; ///< each line begins with the time when it was written
};

/// Makes what a person sees of the output of watched runs. One run alone is shown as it comes: byte
/// by byte to a file, and to a terminal with U+FFFD for what is no UTF-8. Of several at the same
/// time, or with timestamps, whole lines come, and each says whose it is: progress bars show their
/// last state, and no run can write over the lines of another. Pure: writes nothing itself, and
/// holds at most `most_held` bytes of each run.
class watched_output {
  public:
    /// Bytes of a line that may wait for its end; a longer one is shown in pieces.
    static constexpr std::size_t most_held = std::size_t{64} << 10;

    explicit watched_output(watched_output_style style) : style_(style) {}

    /// The watch of a run begins; `remote` is where it runs, where there are several, else empty.
    void begin(const watch_started& watched, const std::string& remote);
    /// What is to be shown of these bytes now.
    [[nodiscard]] std::string text_of(const output_bytes& output, const std::string& remote);
    /// What was held of a run whose watch is over.
    [[nodiscard]] std::string rest_of(const std::string& run_id, const std::string& remote);
    /// What was held of all.
    [[nodiscard]] std::string rest();

  private:
    struct stream {
        std::string name; ///< before each line; empty: one run alone
        std::size_t colour = 0;
        std::string held;               ///< of a line, or of a character
        bool continued = false;         ///< what is held goes on with a line that was shown
        std::deque<std::int64_t> times; ///< of the lines of which nothing was shown yet
        redrawn_lines drawn;            ///< lines that may be drawn again
    };

    [[nodiscard]] bool comes_in_lines(const stream& from) const {
        return style_.timestamps || !from.name.empty();
    }
    std::string lines_of(stream& from, std::string_view bytes);
    std::string characters_of(stream& from, std::string_view bytes) const;
    std::string finish(stream& from);
    std::string end_line(stream& from);
    [[nodiscard]] std::string line(const stream& from, const final_line& shown) const;
    [[nodiscard]] static std::optional<std::int64_t> take_time(stream& from);
    [[nodiscard]] std::string prefix(const stream& from) const;

    watched_output_style style_;
    std::map<std::pair<std::string, std::string>, stream> streams_; ///< by remote and run
    std::size_t widest_ = 0;                                        ///< name, characters
    std::size_t begun_ = 0;
};

/// `2026-01-31 23:59:59.123` in the local time zone.
[[nodiscard]] std::string line_time(std::int64_t milliseconds);

} // namespace outrider::cli
