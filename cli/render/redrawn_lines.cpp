#include "cli/render/redrawn_lines.hpp"

#include "cli/render/terminal_text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace outrider::cli {
namespace {

constexpr std::string_view control_introducer = "\x1b[";

/// A sequence that moves the cursor to another line or erases the one where it is (ECMA-48 8.3).
struct cursor_move {
    char kind = 0;         ///< A up, B down, E and F the same to the first column, K erase
    std::size_t count = 1; ///< lines; of K: 2 is the whole line
    std::size_t size = 0;  ///< bytes of the sequence
};

// Nothing: it is another sequence, which stays in the text.
std::optional<cursor_move> move_at(std::string_view text) {
    if (text.starts_with("\x1bM")) {
        return cursor_move{.kind = 'A', .size = 2};
    }
    if (!text.starts_with(control_introducer)) {
        return std::nullopt;
    }
    const char* begin = text.data() + control_introducer.size();
    const char* end = text.data() + text.size();
    cursor_move out;
    const auto [at, error] = std::from_chars(begin, end, out.count);
    if (at == end || std::string_view("ABEFK").find(*at) == std::string_view::npos) {
        return std::nullopt;
    }
    out.kind = *at;
    if (error != std::errc()) {
        out.count = out.kind == 'K' ? 0 : 1; // as written, none: the usual one
    }
    out.size = static_cast<std::size_t>(at + 1 - text.data());
    return out;
}

bool is_blank(std::string_view text) {
    return harmless(text, false).find_first_not_of(" \t") == std::string::npos;
}

} // namespace

void redrawn_lines::feed(std::string_view line, std::optional<std::int64_t> time_ms,
                         std::vector<final_line>& over) {
    if (reach_ == 0 && line.find('\x1b') == std::string_view::npos) {
        over.push_back({std::string(last_state(line)), time_ms}); // most lines are of this kind
        return;
    }
    play(line, time_ms);
    move_down();
    // Who writes that many lines in a row is done with drawing.
    if (++feeds_since_up_ > reach_ + 1) {
        reach_ = 0;
    }
    while (cursor_ > reach_) {
        tell_first(over);
        --cursor_;
    }
}

std::vector<final_line> redrawn_lines::rest() {
    std::vector<final_line> over;
    while (rows_.size() > 1 || !rows_.front().text.empty()) {
        if (rows_.size() == 1) {
            rows_.emplace_back();
        }
        tell_first(over);
    }
    cursor_ = 0;
    reach_ = 0;
    return over;
}

void redrawn_lines::play(std::string_view line, std::optional<std::int64_t> time_ms) {
    while (!line.empty()) {
        if (line.front() == '\r') {
            rows_[cursor_].restarts = true;
            line.remove_prefix(1);
            continue;
        }
        const auto move = move_at(line);
        if (!move) {
            const auto end = std::min(line.find_first_of("\r\x1b", 1), line.size());
            write(line.substr(0, end), time_ms);
            line.remove_prefix(end);
            continue;
        }
        line.remove_prefix(move->size);
        if (move->kind == 'A' || move->kind == 'F') {
            move_up(move->count);
        } else if (move->kind == 'K') {
            if (move->count == 2 || rows_[cursor_].restarts) {
                rows_[cursor_].text.clear();
            }
            continue;
        } else {
            for (std::size_t i = 0; i < move->count && cursor_ < 2 * most_rows; ++i) {
                move_down();
            }
        }
        rows_[cursor_].restarts = rows_[cursor_].restarts || move->kind >= 'E';
    }
}

void redrawn_lines::write(std::string_view text, std::optional<std::int64_t> time_ms) {
    auto& row = rows_[cursor_];
    if (std::exchange(row.restarts, false)) {
        row.text.clear();
    }
    row.text += text.substr(0, most_text - std::min(row.text.size(), most_text));
    row.time_ms = time_ms ? time_ms : row.time_ms;
}

// Above the rows that are here stand lines that were told already: what is drawn over them is new.
void redrawn_lines::move_up(std::size_t count) {
    count = std::min(count, most_rows);
    while (cursor_ < count) {
        rows_.emplace_front();
        ++cursor_;
    }
    cursor_ -= count;
    reach_ = std::max(reach_, count);
    feeds_since_up_ = 0;
    for (auto at = cursor_; at < rows_.size(); ++at) {
        rows_[at].drawn = true;
    }
}

void redrawn_lines::move_down() {
    if (++cursor_ == rows_.size()) {
        rows_.emplace_back();
    }
    rows_[cursor_].restarts = true; // a terminal goes to the first column
}

// A bar that was wiped out at its end is no line.
void redrawn_lines::tell_first(std::vector<final_line>& over) {
    auto& first = rows_.front();
    if (!first.drawn || !is_blank(first.text)) {
        over.push_back({std::move(first.text), first.time_ms});
    }
    rows_.pop_front();
}

} // namespace outrider::cli
