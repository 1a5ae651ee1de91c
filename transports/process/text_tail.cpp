#include "transports/process/text_tail.hpp"

#include <array>
#include <cerrno>

#include <unistd.h>

namespace outrider {

void text_tail::append(std::string_view bytes) {
    if (bytes.size() > limit) {
        bytes.remove_prefix(bytes.size() - limit);
    }
    if (text_.size() + bytes.size() > limit) {
        text_.erase(0, text_.size() + bytes.size() - limit);
    }
    text_ += bytes;
}

drained_tail::drained_tail(boost::asio::posix::stream_descriptor source)
    : source_(std::move(source)) {
    boost::system::error_code ignored;
    source_.native_non_blocking(true, ignored);
}

void drained_tail::start() {
    source_.async_wait(source_.wait_read,
                       [weak = weak_from_this()](boost::system::error_code error) {
                           const auto self = weak.lock();
                           if (!self || error) {
                               return;
                           }
                           self->take();
                           if (self->source_.is_open()) {
                               self->start();
                           }
                       });
}

const std::string& drained_tail::text() {
    take();
    return tail_.text();
}

void drained_tail::take() {
    std::array<char, 4096> buffer;
    while (source_.is_open()) {
        const ssize_t got = ::read(source_.native_handle(), buffer.data(), buffer.size());
        if (got > 0) {
            tail_.append({buffer.data(), static_cast<std::size_t>(got)});
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            boost::system::error_code ignored;
            source_.close(ignored);
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

} // namespace outrider
