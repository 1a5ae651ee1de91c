#include "engine/agent/start/tree_copy.hpp"

#include "engine/core/descriptor.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

namespace outrider::agent {
namespace {

bool copy_by_kernel(int from, int to) {
    for (;;) {
        const auto copied = ::copy_file_range(from, nullptr, to, nullptr, std::size_t{1} << 30, 0);
        if (copied == 0) {
            return true;
        }
        if (copied < 0) {
            return false;
        }
    }
}

bool copy_by_hand(int from, int to) {
    if (::lseek(from, 0, SEEK_SET) < 0 || ::lseek(to, 0, SEEK_SET) < 0) {
        return false;
    }
    std::array<char, 65536> chunk;
    for (;;) {
        const auto got = ::read(from, chunk.data(), chunk.size());
        if (got <= 0) {
            return got == 0;
        }
        for (ssize_t done = 0; done < got;) {
            const auto put = ::write(to, chunk.data() + done, static_cast<std::size_t>(got - done));
            if (put < 0) {
                return false;
            }
            done += put;
        }
    }
}

result<> copy_content(const fs::path& from, const fs::path& to) {
    const descriptor in(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat facts{};
    if (!in || ::fstat(in.get(), &facts) != 0) {
        return errno_failure(errno, "cannot read " + from.string());
    }
    const descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                                facts.st_mode & 0777));
    if (!out) {
        return errno_failure(errno, "cannot write " + to.string());
    }
    const bool copied = ::ioctl(out.get(), FICLONE, in.get()) == 0 ||
                        copy_by_kernel(in.get(), out.get()) || copy_by_hand(in.get(), out.get());
    if (!copied) {
        return errno_failure(errno, "cannot write " + to.string());
    }
    return {};
}

result<> copy_entry(const fs::directory_entry& entry, const fs::path& to) {
    std::error_code error;
    if (entry.is_symlink(error)) {
        fs::copy_symlink(entry.path(), to, error);
    } else if (entry.is_directory(error)) {
        fs::create_directory(to, entry.path(), error);
    } else {
        return copy_content(entry.path(), to);
    }
    if (error) {
        return errno_failure(error.value(), "cannot write " + to.string());
    }
    return {};
}

} // namespace

result<fs::path> package_files(const fs::path& cache, const std::string& hash) {
    if (!is_safe_name(hash)) {
        return failure(errc::bad_input, "'" + hash + "' is not the hash of a package");
    }
    return cache / "packages" / hash / "files";
}

result<tree_copy> tree_copy::begin(fs::path from, fs::path to) {
    tree_copy out;
    out.from_ = std::move(from);
    out.to_ = std::move(to);
    std::error_code error;
    const auto status = fs::symlink_status(out.from_, error);
    if (error || !fs::is_directory(status)) {
        if (error || !fs::exists(status)) {
            return failure(errc::not_found, "there is no " + out.from_.string());
        }
        if (auto copied = copy_entry(fs::directory_entry(out.from_), out.to_); !copied) {
            return copied.error();
        }
        return out;
    }
    out.at_ = fs::recursive_directory_iterator(out.from_, error);
    if (!error) {
        fs::create_directories(out.to_, error);
    }
    if (error) {
        return errno_failure(error.value(), "cannot copy " + out.from_.string());
    }
    return out;
}

result<bool> tree_copy::step(clock::time_point deadline) {
    const fs::recursive_directory_iterator end;
    std::error_code error;
    while (at_ != end) {
        const fs::path relative = at_->path().lexically_relative(from_);
        if (auto copied = copy_entry(*at_, to_ / relative); !copied) {
            return copied.error();
        }
        at_.increment(error);
        if (error) {
            return errno_failure(error.value(), "cannot read " + from_.string());
        }
        if (clock::now() >= deadline) {
            return at_ == end;
        }
    }
    return true;
}

} // namespace outrider::agent
