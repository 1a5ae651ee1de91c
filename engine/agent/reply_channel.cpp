#include "engine/agent/job.hpp"

#include "engine/protocol/messages.hpp"

namespace outrider::agent {
namespace {

std::string name_of(errc kind) {
    switch (kind) {
    case errc::bad_input:
        return "bad_input";
    case errc::not_found:
        return "not_found";
    case errc::cancelled:
        return "cancelled";
    case errc::protocol_violation:
        return "protocol_violation";
    case errc::no_space:
        return "no_space";
    case errc::permission_denied:
        return "permission_denied";
    case errc::conflict:
        return "conflict";
    default:
        return "io_failed";
    }
}

} // namespace

void reply_channel::fail(const failure& what) {
    protocol::failure_message message{name_of(what.kind()), what.context};
    send(protocol::frame_kind::failure, protocol::encode(message));
}

} // namespace outrider::agent
