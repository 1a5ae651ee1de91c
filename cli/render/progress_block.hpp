#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace outrider::cli {

/// The lines at the bottom of a terminal that tell how things go, one for each name, and the bytes
/// that draw them. Between two drawings the cursor rests at the beginning of the first line, so
/// that `erased` needs to know nothing and whoever else writes to the terminal (a log line, a
/// question) only has to write it first. Pure: writes nothing itself.
class progress_block {
  public:
    /// Lines that are shown at most; the last then says how many more there are.
    static constexpr std::size_t most_lines = 8;

    /// What removes the block, wherever it stands; harmless where the cursor is at the beginning
    /// of an empty line.
    static constexpr const char* erased = "\r\x1b[J";

    /// Sets the line of `name`; new names stand below the others. `line` is printable, has no end
    /// and fits.
    void set(const std::string& name, std::string line);
    void remove(const std::string& name);
    [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }

    /// What draws the block at an empty line, with the cursor at its beginning before and after.
    [[nodiscard]] std::string drawn() const;

  private:
    std::vector<std::pair<std::string, std::string>> lines_; ///< name and line
};

} // namespace outrider::cli
