#include "transports/ssh/ssh_connection.hpp"

#include "engine/reactor/deadline.hpp"
#include "transports/ssh/channel.hpp"
#include "transports/ssh/proxy_process.hpp"

namespace outrider::ssh {

/// sshd's default MaxSessions is ten; two are left for the user's own purposes.
constexpr std::size_t most_channels = 8;
constexpr std::chrono::seconds open_limit{15};

awaitable<result<std::unique_ptr<byte_stream>>> session_connection::open_shell() {
    const auto& wire = reached_.wire;
    if (!wire->alive()) {
        co_return wire->lost("open a shell");
    }
    if (wire->channel_count() >= most_channels) {
        co_return failure(errc::conflict, wire->label() + ": open a shell: eight are open already");
    }
    auto shell = std::make_unique<channel>(wire);
    const auto opened =
        co_await with_deadline(shell->execute("exec /bin/sh"), open_limit,
                               wire->label() + ": open a shell: no answer within 15 s");
    if (opened) {
        co_return std::unique_ptr<byte_stream>(std::move(shell));
    }
    if (opened.error().kind() == errc::connect_failed && wire->alive()) {
        co_return failure(errc::conflict,
                          opened.error().context + " (the server refuses; see MaxSessions there)");
    }
    co_return opened.error();
}

awaitable<void> session_connection::close() {
    reached_.wire->drop();
    co_return;
}

session_connection::~session_connection() {
    reached_.wire->drop();
}

} // namespace outrider::ssh
