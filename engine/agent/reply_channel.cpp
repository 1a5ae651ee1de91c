#include "engine/agent/job.hpp"
#include "engine/protocol/messages.hpp"

#include <boost/describe.hpp>

#include <array>

namespace outrider::agent {
namespace {

// Names of `errc` by value, as they travel in `failure_message::code`.
constexpr std::array code_names{"bad_input",
                                "not_found",
                                "ambiguous",
                                "aborted",
                                "cancelled",
                                "resolve_failed",
                                "connect_failed",
                                "timed_out",
                                "authentication_failed",
                                "host_key_unknown",
                                "host_key_changed",
                                "unsupported",
                                "agent_unusable",
                                "protocol_violation",
                                "no_space",
                                "permission_denied",
                                "io_failed",
                                "conflict",
                                "start_failed",
                                "internal"};
static_assert(code_names.size() == static_cast<std::size_t>(errc::internal));

} // namespace

void reply_channel::fail(const failure& what) {
    const auto index = static_cast<std::size_t>(what.kind()) - 1;
    const char* code = index < code_names.size() ? code_names[index] : "io_failed";
    send(protocol::frame_kind::failure,
         protocol::encode(protocol::failure_message{.code = code, .context = what.context}));
}

} // namespace outrider::agent
