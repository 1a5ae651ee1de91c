#pragma once

#include "transports/http/http_stream.hpp"

#include <memory>
#include <string>

namespace outrider {

/// The server's end of a WebSocket: texts both ways, pings by itself, ended by silence. Owned by
/// the coroutine of the connection; reading and writing may go on at the same time.
class web_socket {
  public:
    /// Answers the request for an upgrade that `stream` read last; the socket is its from then on.
    [[nodiscard]] static awaitable<result<std::unique_ptr<web_socket>>> accept(http_stream& stream);
    ~web_socket();
    web_socket(const web_socket&) = delete;
    web_socket& operator=(const web_socket&) = delete;

    /// The next text, of at most 64 KiB; fails when the client has left.
    [[nodiscard]] awaitable<result<std::string>> read();
    [[nodiscard]] awaitable<result<>> write(std::string text);
    /// Says goodbye; a second at most.
    awaitable<void> close();

  private:
    struct state;
    explicit web_socket(std::unique_ptr<state> with);
    std::unique_ptr<state> state_;
};

} // namespace outrider
