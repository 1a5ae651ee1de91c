#include "engine/agent/server/job.hpp"
#include "engine/protocol/messages.hpp"

namespace outrider::agent {

void reply_channel::fail(const failure& what) {
    const protocol::failure_message message{.code = std::string(errc_name(what.kind())),
                                            .context = what.context};
    send(protocol::frame_kind::failure, protocol::encode(message));
}

} // namespace outrider::agent
