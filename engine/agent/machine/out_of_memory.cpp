#include "engine/agent/machine/out_of_memory.hpp"

#include "engine/runs/small_file.hpp"

#include <charconv>

namespace outrider::agent {
namespace {

// "0::/user.slice/…" (version 2) or "N:memory:/…" (version 1), see cgroups(7).
std::string events_path() {
    const auto groups = read_small_file("/proc/self/cgroup");
    std::string_view rest = groups ? std::string_view(*groups) : std::string_view();
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.starts_with("0::")) {
            return "/sys/fs/cgroup" + std::string(line.substr(3)) + "/memory.events";
        }
        if (const auto at = line.find(":memory:"); at != std::string_view::npos) {
            return "/sys/fs/cgroup/memory" + std::string(line.substr(at + 8)) +
                   "/memory.oom_control";
        }
    }
    return {};
}

std::int64_t kills(const std::string& path) {
    const auto text = path.empty() ? std::nullopt : read_small_file(path);
    const auto at = text ? text->find("oom_kill ") : std::string::npos;
    std::int64_t count = 0;
    if (at != std::string::npos) {
        std::from_chars(text->data() + at + 9, text->data() + text->size(), count);
    }
    return count;
}

} // namespace

out_of_memory_watch::out_of_memory_watch() : events_(events_path()), before_(kills(events_)) {}

bool out_of_memory_watch::happened() const {
    return kills(events_) > before_;
}

} // namespace outrider::agent
