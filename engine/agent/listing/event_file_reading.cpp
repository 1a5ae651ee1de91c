#include "engine/agent/listing/event_file_reading.hpp"

#include "engine/agent/files/beneath.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <vector>

namespace outrider::agent {
namespace {

constexpr std::size_t most_files = 10'000; // of one run
constexpr std::size_t deepest_search = 32; // directories
constexpr int names_at_once = 64;          // between two looks at the clock

// Below `.guild`: attributes, our own files, what was installed, and the prototype of a batch.
constexpr std::array<std::string_view, 4> passed_over{".guild/attrs", ".guild/outrider",
                                                      ".guild/job-packages", ".guild/proto"};

constexpr std::size_t most_links = 20'000; // to other runs
constexpr std::size_t block_size = std::size_t{256} << 10;
/// Tags of one file; beyond it new ones are left out.
constexpr std::size_t most_tags = 5'000;
/// Tags whose order is kept; of more, each is looked up.
constexpr std::size_t most_guessed = 64;

} // namespace

// ---- finding the files

event_file_search::event_file_search(descriptor run, int runs) : runs_(runs) {
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
        type = S_ISDIR(facts.st_mode)   ? DT_DIR
               : S_ISREG(facts.st_mode) ? DT_REG
               : S_ISLNK(facts.st_mode) ? DT_LNK
                                        : DT_UNKNOWN;
    }
    std::string path = levels_.back().prefix + std::string(name);
    if (type == DT_REG && is_named && found_.size() < most_files) {
        found_.push_back(
            {.path = std::move(path),
             .size = facts.st_size,
             .mtime_ns = facts.st_mtim.tv_sec * std::int64_t{1'000'000'000} + facts.st_mtim.tv_nsec,
             .inode = facts.st_ino});
    } else if (type == DT_LNK) {
        look_at_link(parent, entry.d_name, std::move(path));
    } else if (type == DT_DIR && std::ranges::find(passed_over, path) == passed_over.end()) {
        descriptor below(
            ::openat(parent, entry.d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (below) {
            push(std::move(below), path + "/");
        }
    }
}

// Only what is a run of this home: a link leads nowhere else.
void event_file_search::look_at_link(int parent, const char* name, std::string path) {
    char target[512];
    const auto size = ::readlinkat(parent, name, target, sizeof target);
    if (size <= 0 || size == static_cast<ssize_t>(sizeof target) || links_.size() == most_links) {
        return;
    }
    std::string_view text(target, static_cast<std::size_t>(size));
    while (text.ends_with('/')) {
        text.remove_suffix(1);
    }
    const std::string id(text.substr(text.rfind('/') + 1)); // npos + 1 is 0
    struct stat there{};
    struct stat run{};
    if (is_safe_name(id) && ::fstatat(parent, name, &there, 0) == 0 && S_ISDIR(there.st_mode) &&
        ::fstatat(runs_, id.c_str(), &run, 0) == 0 && run.st_ino == there.st_ino &&
        run.st_dev == there.st_dev) {
        links_.push_back({.path = std::move(path), .id = id});
    }
}

std::vector<event_file> event_file_search::take() {
    std::ranges::sort(found_, {}, &event_file::path);
    return std::move(found_);
}

std::vector<linked_run> event_file_search::take_links() {
    std::ranges::sort(links_, {}, &linked_run::path);
    return std::move(links_);
}

// ---- reading one

event_file_reading::event_file_reading(int run, const event_file& file, indexed_file known)
    : file_(std::move(known)) {
    const bool same_file = file_.inode == file.inode && file_.path == file.path;
    known_ = same_file && file_.size == file.size && file_.mtime_ns == file.mtime_ns;
    ended_ = known_;
    const auto read_so_far = static_cast<std::int64_t>(file_.offset);
    if (!same_file || file.size < file_.size || read_so_far > file.size) {
        file_ = {};
    }
    file_.path = file.path;
    file_.size = file.size;
    file_.mtime_ns = file.mtime_ns;
    file_.inode = file.inode;
    resumed_at_ = next_ = file_.offset;
    if (!ended_) {
        // Not through links, nor waiting for the other end of a FIFO that took its place.
        auto opened = open_beneath(run, file.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (opened) {
            content_ = std::move(*opened);
        }
        ended_ = !content_;
    }
}

bool event_file_reading::step(clock::time_point deadline) {
    std::vector<char> block(ended_ ? 0 : block_size);
    while (!ended_) {
        const auto got =
            ::pread(content_.get(), block.data(), block.size(), static_cast<off_t>(next_));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        // What is written beyond the size that the index will record is read the next time.
        if (got <= 0 || next_ >= static_cast<std::uint64_t>(file_.size)) {
            ended_ = true;
            break;
        }
        next_ += static_cast<std::uint64_t>(got);
        records_.feed({block.data(), static_cast<std::size_t>(got)});
        if (!take_records()) {
            const bool nothing_fits = records_.consumed() == 0 && resumed_at_ > 0;
            ended_ = !nothing_fits;
            if (nothing_fits) { // another file was written over it, with the same inode
                start_over();
            }
        }
        if (clock::now() >= deadline) {
            break;
        }
    }
    file_.offset = resumed_at_ + records_.consumed();
    return ended_;
}

void event_file_reading::start_over() {
    order_.clear();
    expected_ = 0;
    file_.series.clear();
    file_.texts.clear();
    records_ = {};
    resumed_at_ = next_ = 0;
}

// False where the file is damaged.
bool event_file_reading::take_records() {
    for (;;) {
        std::string_view payload;
        const auto found = records_.next(payload);
        if (found != event_records::found::record) {
            return found == event_records::found::more;
        }
        read_event(payload, *this);
    }
}

// Nothing where the file has too many of them.
scalar_series* event_file_reading::series_of(std::string_view tag) {
    if (expected_ < order_.size() && order_[expected_]->first == tag) {
        return &order_[expected_]->second;
    }
    auto found = file_.series.find(tag);
    if (found == file_.series.end()) {
        if (file_.series.size() >= most_tags) {
            return nullptr;
        }
        found = file_.series.emplace(tag, scalar_series()).first;
    }
    const auto place = std::ranges::find(order_, found);
    expected_ = static_cast<std::size_t>(place - order_.begin());
    if (place == order_.end() && order_.size() < most_guessed) {
        order_.push_back(found);
    }
    return &found->second;
}

void event_file_reading::take_scalar(std::string_view tag, std::int64_t step, double value) {
    if (auto* series = series_of(tag)) {
        series->add(step, value);
        expected_ = expected_ + 1 < order_.size() ? expected_ + 1 : 0;
    }
}

void event_file_reading::take_text(std::string_view tag, std::string_view text) {
    const auto found = file_.texts.find(tag);
    if (found != file_.texts.end()) {
        found->second = text;
    } else if (file_.texts.size() < most_tags) {
        file_.texts.emplace(tag, text);
    }
}

} // namespace outrider::agent
