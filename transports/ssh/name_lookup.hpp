#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace outrider::ssh {

/// The addresses of a host, in the system's order; `family` is any, inet or inet6. Many at once;
/// when the waiting coroutine is cancelled it ends at once, however long the name server is silent.
/// Fails with `resolve_failed`; the context is the system's word.
[[nodiscard]] awaitable<result<std::vector<asio::ip::tcp::endpoint>>>
look_up_name(std::string host, std::uint16_t port, std::string family);

} // namespace outrider::ssh
