#include "engine/agent/listing/file_entry.hpp"

#include <unistd.h>

#include <climits>

namespace outrider::agent {

protocol::file_entry make_entry(std::string path, const struct stat& found) {
    protocol::file_entry entry;
    entry.path = std::move(path);
    entry.type = S_ISREG(found.st_mode)   ? protocol::file_type::regular
                 : S_ISDIR(found.st_mode) ? protocol::file_type::directory
                 : S_ISLNK(found.st_mode) ? protocol::file_type::link
                                          : protocol::file_type::other;
    entry.size = S_ISREG(found.st_mode) ? found.st_size : 0;
    entry.mtime_ns =
        std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + std::int64_t{found.st_mtim.tv_nsec};
    entry.mode = found.st_mode & 07777;
    return entry;
}

std::string link_target(int parent, const std::string& name) {
    std::string target(PATH_MAX, '\0');
    const auto length = ::readlinkat(parent, name.c_str(), target.data(), target.size());
    target.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return target;
}

} // namespace outrider::agent
