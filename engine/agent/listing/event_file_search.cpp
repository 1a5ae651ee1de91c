#include "engine/agent/listing/event_file_search.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace outrider::agent {
namespace {

constexpr std::size_t most_files = 10'000; // of one run
constexpr std::size_t deepest_search = 32; // directories
constexpr int names_at_once = 64;          // between two looks at the clock

// Below `.guild`: attributes, our own files, what was installed, and the prototype of a batch.
constexpr std::array<std::string_view, 4> passed_over{".guild/attrs", ".guild/outrider",
                                                      ".guild/job-packages", ".guild/proto"};

} // namespace

event_file_search::event_file_search(descriptor run) {
    push(std::move(run), "");
}

// A directory that cannot be read has no event files.
void event_file_search::push(descriptor directory, std::string prefix) {
    if (levels_.size() == deepest_search) {
        return;
    }
    level next;
    next.listing.reset(::fdopendir(directory.get()));
    if (next.listing) {
        std::ignore = directory.release(); // the listing closes it
        next.prefix = std::move(prefix);
        levels_.push_back(std::move(next));
    }
}

bool event_file_search::step(clock::time_point deadline) {
    while (!levels_.empty()) {
        for (int i = 0; i < names_at_once && !levels_.empty(); ++i) {
            if (const dirent* entry = ::readdir(levels_.back().listing.get())) {
                look_at(*entry);
            } else {
                levels_.pop_back();
            }
        }
        if (clock::now() >= deadline) {
            return levels_.empty();
        }
    }
    return true;
}

void event_file_search::look_at(const dirent& entry) {
    const std::string_view name = entry.d_name;
    if (name == "." || name == "..") {
        return;
    }
    const int parent = ::dirfd(levels_.back().listing.get());
    const bool is_named = name.find(".tfevents.") != std::string_view::npos;
    unsigned char type = entry.d_type;
    struct stat facts{};
    if (is_named || type == DT_UNKNOWN) {
        if (::fstatat(parent, entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
            return; // removed meanwhile
        }
        type = S_ISDIR(facts.st_mode) ? DT_DIR : S_ISREG(facts.st_mode) ? DT_REG : DT_UNKNOWN;
    }
    std::string path = levels_.back().prefix + std::string(name);
    if (type == DT_REG && is_named && found_.size() < most_files) {
        found_.push_back(
            {.path = std::move(path),
             .size = facts.st_size,
             .mtime_ns = facts.st_mtim.tv_sec * std::int64_t{1'000'000'000} + facts.st_mtim.tv_nsec,
             .inode = facts.st_ino});
    } else if (type == DT_DIR && std::ranges::find(passed_over, path) == passed_over.end()) {
        descriptor below(
            ::openat(parent, entry.d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (below) {
            push(std::move(below), path + "/");
        }
    }
}

std::vector<event_file> event_file_search::take() {
    std::ranges::sort(found_, {}, &event_file::path);
    return std::move(found_);
}

} // namespace outrider::agent
