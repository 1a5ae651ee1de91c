#include "engine/agent/supervise/output_recorder.hpp"

#include "engine/runs/process_identity.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace outrider::agent {
namespace {

/// Index entries kept in memory while the disk is full, bytes; beyond it the index stays behind.
constexpr std::size_t max_waiting_index = std::size_t{4} << 20;

// 8 bytes milliseconds since the epoch, big-endian, then the stream.
void append_entry(std::string& out, output_stream stream) {
    const auto ms = static_cast<std::uint64_t>(now_us() / 1000);
    for (int shift = 56; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(ms >> shift & 0xff));
    }
    out.push_back(static_cast<char>(stream));
}

/// Bytes that were written before an error.
std::size_t write_some(int fd, std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto put = ::write(fd, bytes.data() + done, bytes.size() - done);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            break;
        }
        done += static_cast<std::size_t>(put);
    }
    return done;
}

} // namespace

result<output_recorder> output_recorder::create(const run_paths& run) {
    output_recorder out;
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC;
    out.output_.reset(::open(run.output().c_str(), flags, 0666));
    if (!out.output_) {
        return errno_failure(errno, "cannot write " + run.output().string());
    }
    out.index_.reset(::open(run.output_index().c_str(), flags, 0666));
    if (!out.index_) {
        return errno_failure(errno, "cannot write " + run.output_index().string());
    }
    return out;
}

void output_recorder::record(std::string_view bytes, output_stream stream) {
    if (lost_ > 0) {
        mark_gap();
    }
    const std::size_t done = lost_ > 0 ? 0 : write_some(output_.get(), bytes);
    note_lines(bytes.substr(0, done), stream);
    lost_ += bytes.size() - done;
    flush_index();
}

void output_recorder::note_lines(std::string_view written, output_stream stream) {
    for (const char byte : written) {
        if (byte == '\n') {
            append_entry(waiting_index_, stream);
        }
    }
    if (!written.empty()) {
        line_open_ = written.back() != '\n';
        open_stream_ = stream;
    }
}

void output_recorder::flush_index() {
    waiting_index_.erase(0, write_some(index_.get(), waiting_index_));
    if (waiting_index_.size() > max_waiting_index) {
        waiting_index_.resize(max_waiting_index);
    }
}

void output_recorder::mark_gap() {
    const std::string mark = std::string(line_open_ ? "\n" : "") +
                             "[outrider: " + std::to_string(lost_) +
                             " bytes of output are missing here: the disk was full]\n";
    const std::size_t done = write_some(output_.get(), mark);
    if (done == mark.size()) {
        lost_ = 0;
        note_lines(mark, output_stream::standard_error);
        return;
    }
    // A mark is written whole or not at all.
    const auto end = ::lseek(output_.get(), 0, SEEK_END);
    std::ignore =
        ::ftruncate(output_.get(), end - static_cast<off_t>(done)); // the next one says it
}

void output_recorder::finish() {
    if (lost_ > 0) {
        mark_gap();
    }
    if (line_open_) {
        append_entry(waiting_index_, open_stream_);
        line_open_ = false;
    }
    flush_index();
}

} // namespace outrider::agent
