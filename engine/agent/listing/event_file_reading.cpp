#include "engine/agent/listing/event_file_reading.hpp"

#include "engine/agent/files/beneath.hpp"
#include "engine/scalars/event_message.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace outrider::agent {
namespace {

constexpr std::size_t block_size = std::size_t{256} << 10;
/// Tags of one file; beyond it new ones are left out.
constexpr std::size_t most_tags = 5'000;

} // namespace

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
        auto event = read_event(payload);
        for (const auto& point : event.scalars) {
            if (file_.series.contains(point.tag) || file_.series.size() < most_tags) {
                file_.series[point.tag].add(point.step, point.value);
            }
        }
        for (auto& text : event.texts) {
            if (file_.texts.contains(text.tag) || file_.texts.size() < most_tags) {
                file_.texts[std::move(text.tag)] = std::move(text.text);
            }
        }
    }
}

} // namespace outrider::agent
