#include "cli/descriptor_buffer.hpp"

#include <cerrno>
#include <string_view>

#include <poll.h>
#include <unistd.h>

namespace outrider::cli {
namespace {

// Bytes that may wait for a flush.
constexpr std::size_t most_pending = 64 * 1024;

// Whoever shares the descriptor may have made it non-blocking.
void wait_until_writable(int descriptor) {
    pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
    ::poll(&waiting, 1, -1);
}

int write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            wait_until_writable(descriptor);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

} // namespace

descriptor_buffer::int_type descriptor_buffer::overflow(int_type character) {
    if (!traits_type::eq_int_type(character, traits_type::eof())) {
        pending_ += traits_type::to_char_type(character);
    }
    return error_ == 0 ? traits_type::not_eof(character) : traits_type::eof();
}

std::streamsize descriptor_buffer::xsputn(const char* text, std::streamsize size) {
    pending_.append(text, static_cast<std::size_t>(size));
    const bool written = pending_.size() < most_pending ? error_ == 0 : sync() == 0;
    return written ? size : 0;
}

int descriptor_buffer::sync() {
    if (error_ == 0) {
        error_ = write_all(descriptor_, pending_);
    }
    pending_.clear();
    return error_ == 0 ? 0 : -1;
}

} // namespace outrider::cli
