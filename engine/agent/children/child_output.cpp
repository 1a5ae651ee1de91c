#include "engine/agent/children/child_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <tuple>

namespace outrider::agent {
namespace {

/// Most of a line that is held back until it is whole, bytes.
constexpr std::size_t longest_open_line = std::size_t{64} << 10;

} // namespace

// What cannot be written is lost: whoever records our output is gone.
void write_out(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto put = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return;
        }
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
}

child_output::child_output(const run_paths& run, bool whole_lines)
    : file_(::open(run.output().c_str(), O_RDONLY | O_CLOEXEC)), whole_lines_(whole_lines) {}

void child_output::show() {
    std::array<char, 65536> piece;
    for (ssize_t got = 0; (got = ::read(file_.get(), piece.data(), piece.size())) > 0;) {
        put({piece.data(), static_cast<std::size_t>(got)});
    }
}

void child_output::put(std::string_view bytes) {
    line_open_ = bytes.back() != '\n';
    if (!whole_lines_) {
        write_out(bytes);
        return;
    }
    const auto end = bytes.rfind('\n');
    if (end == bytes.npos && open_line_.size() + bytes.size() < longest_open_line) {
        open_line_ += bytes;
        return;
    }
    const auto shown = end == bytes.npos ? bytes.size() : end + 1;
    open_line_ += bytes.substr(0, shown);
    write_out(open_line_);
    open_line_ = bytes.substr(shown);
}

void child_output::finish() {
    show();
    if (line_open_) {
        write_out(open_line_ + "\n"); // what comes next begins a line
    }
    open_line_.clear();
    line_open_ = false;
}

} // namespace outrider::agent
