#include "engine/agent/supervise/event_writer.hpp"

#include "engine/runs/process_identity.hpp"
#include "engine/scalars/event_message.hpp"
#include "engine/scalars/event_records.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>

namespace outrider::agent {
namespace {

/// Largest event file, bytes: a loop that prints nothing else does not fill the disk twice.
constexpr std::uint64_t largest_file = std::uint64_t{256} << 20;

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

double event_seconds() {
    return static_cast<double>(now_us()) / 1e6;
}

void event_writer::append(const std::string& event) {
    append_event_record(records_, event);
}

void event_writer::create() {
    const fs::path path = directory_ / (file_name() + ending_);
    file_.reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666));
    broken_ = !file_;
    std::string head;
    append_event_record(head, file_version_event(event_seconds()));
    records_.insert(0, head);
}

void event_writer::write() {
    if (records_.empty() || broken_) {
        return;
    }
    if (!file_) {
        create();
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
