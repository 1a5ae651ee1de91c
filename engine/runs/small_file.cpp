#include "engine/runs/small_file.hpp"

#include "engine/core/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace outrider {
namespace {

result<> write_all(int fd, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return errno_failure(errno, "cannot write " + path.string());
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

result<> write_to(const fs::path& path, std::string_view bytes, int flags, mode_t mode = 0666) {
    descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | flags, mode));
    if (!file) {
        return errno_failure(errno, "cannot write " + path.string());
    }
    return write_all(file.get(), bytes, path);
}

} // namespace

std::optional<std::string> read_small_file(int directory, const std::string& path,
                                           std::size_t limit) {
    // O_NONBLOCK: a named pipe in the place of an attribute must not hang the agent.
    descriptor file(::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        return std::nullopt;
    }
    std::string out;
    char chunk[4096];
    for (;;) {
        const auto got = ::read(file.get(), chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 || out.size() + static_cast<std::size_t>(got) > limit) {
            return std::nullopt;
        }
        if (got == 0) {
            return out;
        }
        out.append(chunk, static_cast<std::size_t>(got));
    }
}

std::optional<std::string> read_small_file(const fs::path& path, std::size_t limit) {
    return read_small_file(AT_FDCWD, path.native(), limit);
}

result<> write_new_file(const fs::path& path, std::string_view bytes) {
    return write_to(path, bytes, 0);
}

namespace {

result<> replace(const fs::path& path, const fs::path& temporary, std::string_view bytes,
                 mode_t mode) {
    if (auto written = write_to(temporary, bytes, O_NOFOLLOW, mode); !written) {
        ::unlink(temporary.c_str());
        return written;
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(temporary.c_str());
        return errno_failure(error, "cannot write " + path.string());
    }
    return {};
}

} // namespace

result<> replace_file(const fs::path& path, const fs::path& temporary, std::string_view bytes) {
    return replace(path, temporary, bytes, 0666);
}

result<> replace_secret_file(const fs::path& path, const fs::path& temporary,
                             std::string_view bytes) {
    return replace(path, temporary, bytes, 0600);
}

result<> make_directories(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) {
        return errno_failure(error.value(), "cannot make the directory " + path.string());
    }
    return {};
}

result<> remove_file(const fs::path& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return errno_failure(errno, "cannot remove " + path.string());
    }
    return {};
}

} // namespace outrider
