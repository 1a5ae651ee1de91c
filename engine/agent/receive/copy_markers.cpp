#include "engine/agent/receive/copy_markers.hpp"

#include "engine/agent/receive/incoming_names.hpp"
#include "engine/core/descriptor.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

namespace outrider::agent {
namespace {

result<> set_marker(int guild, const std::string& name, std::string_view content) {
    const auto temporary = ".marker." + incoming_name();
    const descriptor file(::openat(guild, temporary.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file) {
        return errno_failure(errno, "write " + name);
    }
    const auto wrote = ::write(file.get(), content.data(), content.size());
    if (wrote != static_cast<ssize_t>(content.size()) ||
        ::renameat(guild, temporary.c_str(), guild, name.c_str()) != 0) {
        const int why = wrote < 0 ? errno : ENOSPC;
        ::unlinkat(guild, temporary.c_str(), 0);
        return errno_failure(why, "write " + name);
    }
    return {};
}

result<> clear_marker(int guild, const std::string& name) {
    if (::unlinkat(guild, name.c_str(), 0) != 0 && errno != ENOENT) {
        return errno_failure(errno, "remove " + name);
    }
    return {};
}

result<> put_marker(int guild, const std::string& name, bool wanted) {
    return wanted ? set_marker(guild, name, "") : clear_marker(guild, name);
}

} // namespace

result<> set_remote_lock(int guild, std::string_view content) {
    return set_marker(guild, "LOCK.remote", content);
}

result<> put_markers(int guild, const copy_markers& wanted) {
    if (wanted.remote_lock) {
        if (auto set = set_remote_lock(guild, *wanted.remote_lock); !set) {
            return set;
        }
    }
    const std::pair<const char*, bool> markers[] = {
        {"PENDING", wanted.pending},
        {"STAGED", wanted.staged},
        {"TERMINATED.remote", wanted.terminated_remote}};
    for (const auto& [name, is_set] : markers) {
        if (auto put = put_marker(guild, name, is_set); !put) {
            return put;
        }
    }
    return wanted.remote_lock ? result<>() : clear_marker(guild, "LOCK.remote");
}

} // namespace outrider::agent
