#include "cli/render/watched_output.hpp"

#include "cli/render/run_table.hpp"
#include "cli/render/terminal_text.hpp"
#include "cli/render/text_table.hpp"
#include "cli/render/times.hpp"
#include "cli/render/utf8.hpp"

#include <algorithm>
#include <array>

namespace outrider::cli {
namespace {

// Those of the terminal's own palette that are read well on dark and on light; red means failure.
constexpr std::array run_colours = {"\x1b[36m", "\x1b[33m", "\x1b[35m", "\x1b[32m",
                                    "\x1b[34m", "\x1b[96m", "\x1b[95m", "\x1b[94m"};
constexpr const char* usual_colour = "\x1b[0m";

// "train" of "gpkg.iris/train": the package is that of all.
std::string_view operation_name(std::string_view operation) {
    const auto slash = operation.rfind('/');
    return slash == std::string_view::npos ? operation : operation.substr(slash + 1);
}

} // namespace

void watched_output::begin(const watch_started& watched, const std::string& remote) {
    auto& one = streams_[{remote, watched.run_id}];
    if (!watched.several) {
        return;
    }
    one.name = remote + (remote.empty() ? "" : " ") + short_id(watched.run_id) +
               (watched.operation.empty() ? "" : " ") +
               harmless(operation_name(watched.operation), false);
    one.colour = begun_++ % run_colours.size();
    widest_ = std::max(widest_, text_width(one.name));
}

std::string watched_output::text_of(const output_bytes& output, const std::string& remote) {
    if (output.run_id.empty()) {
        return output.bytes; // of a file
    }
    auto& from = streams_[{remote, output.run_id}];
    if (comes_in_lines(from)) {
        from.times.insert(from.times.end(), output.line_times_ms.begin(),
                          output.line_times_ms.end());
        return lines_of(from, output.bytes);
    }
    return style_.terminal ? characters_of(from, output.bytes) : output.bytes;
}

std::string watched_output::lines_of(stream& from, std::string_view bytes) {
    std::string out;
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
        from.held += bytes.substr(0, end);
        bytes.remove_prefix(end + 1);
        out += end_line(from);
    }
    from.held += bytes;
    if (from.held.size() > most_held) {
        // A bar that was drawn a thousand times is short in the end.
        from.held = std::string(last_state(from.held));
        if (from.held.size() > most_held / 2) {
            out += line(from, {from.held, take_time(from)});
            from.held.clear();
            from.continued = true;
        }
    }
    return out;
}

std::string watched_output::characters_of(stream& from, std::string_view bytes) const {
    from.held += bytes;
    const auto unfinished = unfinished_character(from.held);
    const auto whole = from.held.size() - unfinished;
    auto out = valid_utf8(std::string_view(from.held).substr(0, whole));
    from.held.erase(0, whole);
    return out;
}

// What is held is a whole line: it, and what it ends, is shown.
std::string watched_output::end_line(stream& from) {
    std::vector<final_line> over;
    from.drawn.feed(from.held, take_time(from), over);
    from.held.clear();
    from.continued = false;
    std::string out;
    for (const auto& each : over) {
        out += line(from, each);
    }
    return out;
}

std::string watched_output::line(const stream& from, const final_line& shown) const {
    const auto time =
        style_.timestamps && shown.time_ms ? line_time(*shown.time_ms) + " " : std::string();
    return prefix(from) + time + harmless(last_state(shown.text), style_.colour) + "\n";
}

// Only the first piece of a line has one.
std::optional<std::int64_t> watched_output::take_time(stream& from) {
    if (from.continued || from.times.empty()) {
        return std::nullopt;
    }
    const auto written = from.times.front();
    from.times.pop_front();
    return written;
}

std::string watched_output::prefix(const stream& from) const {
    if (from.name.empty()) {
        return {};
    }
    const std::string gap(widest_ - text_width(from.name), ' ');
    const std::string name = from.name + ": ";
    if (!style_.colour) {
        return name + gap;
    }
    return run_colours[from.colour] + name + usual_colour + gap;
}

std::string watched_output::finish(stream& from) {
    std::string out;
    if (!from.held.empty()) {
        out = comes_in_lines(from) ? end_line(from) : valid_utf8(from.held);
        from.held.clear();
    }
    for (const auto& each : from.drawn.rest()) {
        out += line(from, each);
    }
    return out;
}

std::string watched_output::rest_of(const std::string& run_id, const std::string& remote) {
    const auto found = streams_.find({remote, run_id});
    if (found == streams_.end()) {
        return {};
    }
    auto out = finish(found->second);
    streams_.erase(found);
    return out;
}

std::string watched_output::rest() {
    std::string out;
    for (auto& [key, from] : streams_) {
        out += finish(from);
    }
    return out;
}

std::string line_time(std::int64_t milliseconds) {
    std::string fraction = std::to_string(1000 + milliseconds % 1000);
    fraction.front() = '.';
    return local_time(milliseconds * 1000) + fraction;
}

} // namespace outrider::cli
