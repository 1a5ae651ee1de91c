#pragma once

#include "engine/reactor/awaitable.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

namespace outrider {

/// A connected socket of any family: Unix or TCP.
using stream_socket = asio::basic_stream_socket<asio::generic::stream_protocol>;

} // namespace outrider
