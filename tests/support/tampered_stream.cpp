#include "tests/support/tampered_stream.hpp"

#include <algorithm>

namespace outrider::testing {

awaitable<result<std::size_t>> tampered_stream::read_some(std::span<char> into) {
    while (ready_.empty()) {
        std::string bytes(std::size_t{64} << 10, '\0');
        auto got = co_await inner_->read_some(bytes);
        if (!got || *got == 0) {
            co_return got;
        }
        bytes.resize(*got);
        if (!framed_) {
            // The length of the first frame begins with a NUL; no shell says one.
            const auto start = std::min(bytes.find('\0'), bytes.size());
            ready_ = bytes.substr(0, start);
            bytes.erase(0, start);
            framed_ = !bytes.empty();
        }
        reader_.feed(bytes);
        for (auto next = reader_.next(); next && *next; next = reader_.next()) {
            pass(std::move(**next));
        }
    }
    const auto count = std::min(into.size(), ready_.size());
    std::copy_n(ready_.begin(), count, into.begin());
    ready_.erase(0, count);
    co_return count;
}

void tampered_stream::pass(protocol::frame frame) {
    std::string payload(frame.payload);
    std::vector<std::string> more;
    if (frame.kind == protocol::frame_kind::data) {
        more = tamper_(payload);
    }
    append_frame(ready_, frame.kind, frame.request, payload);
    for (const auto& another : more) {
        append_frame(ready_, protocol::frame_kind::data, frame.request, another);
    }
}

} // namespace outrider::testing
