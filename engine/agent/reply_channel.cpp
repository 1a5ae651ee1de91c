#include "engine/agent/job.hpp"
#include "engine/protocol/messages.hpp"

namespace outrider::agent {

void reply_channel::data(std::string_view head, std::string_view rest) {
    const auto length = static_cast<std::uint32_t>(head.size() + rest.size());
    const auto at = outbox_.size();
    send(protocol::frame_kind::data, head);
    for (int i = 0; i < 4; ++i) { // big-endian, at the front of the frame
        outbox_[at + static_cast<std::size_t>(i)] = static_cast<char>(length >> (24 - 8 * i));
    }
    outbox_.append(rest);
}

void reply_channel::fail(const failure& what) {
    const protocol::failure_message message{.code = std::string(errc_name(what.kind())),
                                            .context = what.context};
    send(protocol::frame_kind::failure, protocol::encode(message));
}

} // namespace outrider::agent
