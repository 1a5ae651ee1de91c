#include "cli/render/progress_block.hpp"

#include <algorithm>

namespace outrider::cli {
namespace {

// A line that is too wide, after the window was made smaller, is cut by the terminal: a line that
// went on in the next row would be left behind by the cursor's way back.
constexpr const char* wrap_off = "\x1b[?7l";
constexpr const char* wrap_on = "\x1b[?7h";

} // namespace

void progress_block::set(const std::string& name, std::string line) {
    const auto found = std::ranges::find(lines_, name, &std::pair<std::string, std::string>::first);
    if (found == lines_.end()) {
        lines_.emplace_back(name, std::move(line));
    } else {
        found->second = std::move(line);
    }
}

void progress_block::remove(const std::string& name) {
    std::erase_if(lines_, [&](const auto& each) { return each.first == name; });
}

std::string progress_block::drawn() const {
    if (lines_.empty()) {
        return {};
    }
    const bool all = lines_.size() <= most_lines;
    const std::size_t own = all ? lines_.size() : most_lines - 1;
    std::string out = wrap_off;
    for (std::size_t i = 0; i < own; ++i) {
        out += (i > 0 ? "\n" : "") + lines_[i].second;
    }
    if (!all) {
        out += "\nand " + std::to_string(lines_.size() - own) + " more";
    }
    out += std::string(wrap_on) + "\r";
    const std::size_t rows = std::min(lines_.size(), most_lines);
    if (rows > 1) {
        out += "\x1b[" + std::to_string(rows - 1) + "A";
    }
    return out;
}

} // namespace outrider::cli
