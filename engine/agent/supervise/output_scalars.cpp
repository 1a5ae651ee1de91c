#include "engine/agent/supervise/output_scalars.hpp"

#include "engine/runs/process_identity.hpp"
#include "engine/scalars/event_records.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>

namespace outrider::agent {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t longest_line = 1024; // bytes
/// What matching costs, in times of its duration, and how much of that may be owed.
constexpr int price = 10;
constexpr std::chrono::milliseconds credit{500};
/// Largest event file, bytes: a loop that prints nothing else does not fill the disk twice.
constexpr std::uint64_t largest_file = std::uint64_t{256} << 20;

double seconds_now() {
    return static_cast<double>(now_us()) / 1e6;
}

// As TensorBoard's writer names it: the time, the host, and what makes it unique.
std::string file_name() {
    char host[HOST_NAME_MAX + 1] = {};
    if (::gethostname(host, sizeof host - 1) != 0) {
        host[0] = '\0';
    }
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%010lld", static_cast<long long>(now_us() / 1'000'000));
    return std::string("events.out.tfevents.") + seconds + "." +
           (host[0] == '\0' ? "localhost" : host) + "." + std::to_string(::getpid()) + ".0";
}

} // namespace

output_scalars::output_scalars(const run_paths& run, const protocol::output_scalar_rules& rules)
    : directory_(run.guild()), scalars_(rules) {
    broken_ = !scalars_.active();
}

void output_scalars::feed(std::string_view bytes, std::size_t stream) {
    if (broken_) {
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
    if (!scalars_.has_patterns()) {
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
        append_event_record(records_, scalar_event(seconds_now(), point));
    }
}

void output_scalars::finish() {
    for (auto& line : lines_) {
        end_line(line);
    }
    write();
}

void output_scalars::create_file() {
    const fs::path path = directory_ / file_name();
    file_.reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666));
    broken_ = !file_;
    std::string head;
    append_event_record(head, file_version_event(seconds_now()));
    records_.insert(0, head);
}

void output_scalars::write() {
    if (records_.empty() || broken_) {
        return;
    }
    if (!file_) {
        create_file();
    }
    const auto put = ::write(file_.get(), records_.data(), records_.size());
    if (put == static_cast<ssize_t>(records_.size())) {
        written_ += records_.size();
        broken_ = written_ > largest_file;
    } else if (put >= 0 || errno != EINTR) {
        // Part of a record would hide all that follow it.
        broken_ = ::ftruncate(file_.get(), static_cast<off_t>(written_)) != 0 || written_ == 0;
    }
    records_.clear();
}

} // namespace outrider::agent
