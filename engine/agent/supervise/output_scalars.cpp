#include "engine/agent/supervise/output_scalars.hpp"

#include "engine/scalars/event_message.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t longest_line = 1024; // bytes
/// What matching costs, in times of its duration, and how much of that may be owed.
constexpr int price = 10;
constexpr std::chrono::milliseconds credit{500};

} // namespace

output_scalars::output_scalars(const run_paths& run, const protocol::start_run& request)
    : scalars_(request.output_scalars), attributes_(request.output_attributes),
      scalar_file_(run.guild(), ""), attribute_file_(run.guild(), ".attrs") {}

bool output_scalars::is_broken() const {
    return (!scalars_.active() || scalar_file_.is_broken()) &&
           (!attributes_.active() || attribute_file_.is_broken());
}

void output_scalars::feed(std::string_view bytes, std::size_t stream) {
    if (is_broken()) {
        return;
    }
    auto& line = lines_[stream];
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        const auto piece = bytes.substr(0, end);
        if (line.text.size() + piece.size() > longest_line) {
            line.too_long = true;
        } else {
            line.text += piece;
        }
        if (end == std::string_view::npos) {
            break;
        }
        end_line(line);
        bytes.remove_prefix(end + 1);
    }
    write();
}

void output_scalars::end_line(open_line& line) {
    if (!line.too_long) {
        take(line.text);
    }
    line.text.clear();
    line.too_long = false;
}

void output_scalars::take(std::string_view line) {
    while (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
    }
    line = line.substr(line.rfind('\r') + 1); // what a progress bar left to be seen; npos + 1 is 0
    if (line.empty()) {
        return;
    }
    if (!scalars_.has_patterns() && !attributes_.has_patterns()) {
        take_points(line);
    } else if (may_work()) {
        const auto before = clock::now();
        take_points(line);
        paid_ = std::max(paid_, before) + price * (clock::now() - before);
    }
}

bool output_scalars::may_work() const {
    return paid_ <= clock::now() + credit;
}

void output_scalars::take_points(std::string_view line) {
    for (const auto& point : scalars_.take(line)) {
        scalar_file_.append(scalar_event(event_seconds(), point));
    }
    if (scalars_.found_any()) {
        return;
    }
    for (const auto& point : attributes_.take(line)) {
        attribute_file_.append(text_event(event_seconds(), point));
    }
}

void output_scalars::finish() {
    for (auto& line : lines_) {
        end_line(line);
    }
    write();
}

void output_scalars::write() {
    scalar_file_.write();
    attribute_file_.write();
}

} // namespace outrider::agent
