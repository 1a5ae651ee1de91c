#include "engine/agent/watch/tree_fingerprint.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <string_view>

namespace outrider::agent {
namespace {

/// Entries that are read between two looks at the clock.
constexpr int read_at_once = 64;
/// Directories that may wait: of more only the entry itself is looked at. Bounds the memory.
constexpr std::size_t most_waiting = 100'000;

// FNV-1a with a last mix, so that sums of prints differ where their parts do.
class mixed_hash {
  public:
    void add(std::string_view bytes) {
        for (const char each : bytes) {
            value_ = (value_ ^ static_cast<unsigned char>(each)) * 0x100000001B3U;
        }
    }
    void add(std::int64_t number) {
        add(std::string_view(reinterpret_cast<const char*>(&number), sizeof number));
    }
    [[nodiscard]] std::uint64_t value() const {
        const auto once = (value_ ^ (value_ >> 33)) * 0xFF51AFD7ED558CCDU;
        return once ^ (once >> 33);
    }

  private:
    std::uint64_t value_ = 0xCBF29CE484222325U;
};

std::uint64_t print_of(std::string_view path, const struct stat& facts, bool descended) {
    mixed_hash hash;
    hash.add(path);
    hash.add(static_cast<std::int64_t>(facts.st_ino));
    hash.add(static_cast<std::int64_t>(facts.st_mode));
    if (!descended) { // the times of a directory also tell of what does not count
        hash.add(static_cast<std::int64_t>(facts.st_size));
        hash.add(std::int64_t{facts.st_mtim.tv_sec});
        hash.add(std::int64_t{facts.st_mtim.tv_nsec});
        hash.add(std::int64_t{facts.st_ctim.tv_sec});
        hash.add(std::int64_t{facts.st_ctim.tv_nsec});
    }
    return hash.value();
}

} // namespace

tree_fingerprint::tree_fingerprint(std::string directory) : directory_(std::move(directory)) {}

bool tree_fingerprint::step(clock::time_point end) {
    while (reading_ != nullptr || !waiting_.empty()) {
        if (reading_ != nullptr) {
            read_some();
        } else {
            open_next();
        }
        if (clock::now() >= end) {
            break;
        }
    }
    return reading_ == nullptr && waiting_.empty();
}

void tree_fingerprint::open_next() {
    below_ = std::move(waiting_.back());
    waiting_.pop_back();
    // The directory itself may be reached by a link; none below it is followed.
    const int flags =
        O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | (below_.empty() ? 0 : O_NOFOLLOW);
    descriptor opened(::open((directory_ + below_).c_str(), flags));
    if (!opened) {
        return; // gone meanwhile, or not ours to read
    }
    struct stat facts{};
    if (below_.empty() && ::fstat(opened.get(), &facts) == 0) {
        value_ += print_of("", facts, true);
    }
    reading_.reset(::fdopendir(opened.get()));
    if (reading_ != nullptr) {
        std::ignore = opened.release(); // `reading_` closes it
    }
}

void tree_fingerprint::read_some() {
    for (int i = 0; i < read_at_once; ++i) {
        const dirent* entry = ::readdir(reading_.get());
        if (entry == nullptr) {
            reading_.reset();
            return;
        }
        add(*entry);
    }
}

void tree_fingerprint::add(const dirent& entry) {
    const std::string_view name = entry.d_name;
    if (name == "." || name == ".." || (name == "incoming" && below_ == "/.guild/outrider")) {
        return;
    }
    struct stat facts{};
    if (::fstatat(::dirfd(reading_.get()), entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
        return;
    }
    std::string path = below_ + "/";
    path += name;
    const bool descended = S_ISDIR(facts.st_mode) && waiting_.size() < most_waiting;
    value_ += print_of(path, facts, descended);
    if (descended) {
        waiting_.push_back(std::move(path));
    }
}

} // namespace outrider::agent
