#pragma once

#include "engine/api/commands.hpp"
#include "engine/resources/resident.hpp"
#include "transports/http/http_stream.hpp"
#include "transports/http/service_socket.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace outrider {

struct http_server_options {
    std::string socket;                ///< where it listens; see `service_socket`
    held_socket place;                 ///< that, taken
    std::optional<std::uint16_t> port; ///< on 127.0.0.1 as well; 0: any that is free
    command_context usual;             ///< what the context of a command leaves out
    http_limits limits;
    std::size_t most_connections = 256;
    std::chrono::milliseconds grace{10'000}; ///< for commands when a signal ends the service
    /// Called when it listens, with the port if there is one.
    std::function<void(std::optional<std::uint16_t>)> listening = [](auto) {};
};

/// The file beside the socket that holds the token for the port, mode 0600, as long as the service
/// listens there.
[[nodiscard]] std::string token_file(const std::string& socket);

/// Serves HTTP/1.1 and WebSockets on a Unix socket, for processes of this user alone, and on a port
/// of this machine, for those who know the token. When it is stopped it takes no more connections,
/// lets commands end, forces those that have not ended after the grace, and leaves runs alone.
[[nodiscard]] std::unique_ptr<resident> make_http_server(http_server_options options);

} // namespace outrider
