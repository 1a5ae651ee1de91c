#include "engine/commands/comparing/scalars_export.hpp"

#include "engine/text/python_number.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace outrider {
namespace {

constexpr std::size_t exported_piece = std::size_t{64} << 10;
constexpr std::size_t read_size = std::size_t{64} << 10;
constexpr const char* line_end = "\r\n";

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        return std::string(text);
    }
    std::string out = "\"";
    for (const char each : text) {
        out.append(each == '"' ? 2 : 1, each);
    }
    return out + "\"";
}

} // namespace

scalars_export::scalars_export(std::vector<exported_run> runs)
    : runs_(std::move(runs)), piece_(std::string("run,path,tag,value,step") + line_end) {}

std::optional<std::string> scalars_export::next() {
    while (piece_.size() < exported_piece && (content_ || open_next())) {
        if (content_) {
            read_some();
        }
    }
    if (piece_.empty()) {
        return std::nullopt;
    }
    return std::exchange(piece_, {});
}

// The next file; true also where it could not be opened, and false after the last.
bool scalars_export::open_next() {
    while (next_file_ == files_.size()) {
        if (next_run_ == runs_.size()) {
            return false;
        }
        files_ = event_files_in(runs_[next_run_++].directory);
        next_file_ = 0;
    }
    const auto& file = files_[next_file_++];
    content_.reset(::open(file.place.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    records_ = {};
    row_begin_ = runs_[next_run_ - 1].id + "," +
                 csv_field(file.directory.empty() ? "." : file.directory) + ",";
    return true;
}

void scalars_export::read_some() {
    char block[read_size];
    const auto got = ::read(content_.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) {
        return;
    }
    if (got <= 0) {
        content_.reset();
        return;
    }
    records_.feed({block, static_cast<std::size_t>(got)});
    std::string_view payload;
    auto found = records_.next(payload);
    for (; found == event_records::found::record; found = records_.next(payload)) {
        read_event(payload, *this);
    }
    if (found == event_records::found::damaged) {
        content_.reset();
    }
}

void scalars_export::take_scalar(std::string_view tag, std::int64_t step, double value) {
    piece_ += row_begin_ + csv_field(tag) + "," + python_float(value) + "," + std::to_string(step) +
              line_end;
}

} // namespace outrider
