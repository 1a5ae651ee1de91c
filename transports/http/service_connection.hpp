#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"
#include "transports/http/http_reply.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace outrider {

/// A client's end of the connection to a service on its Unix socket: one request after the other.
/// Blocks, and is kept plain, for it stands in the way of every command.
class service_connection {
  public:
    /// Fails as `connect_to_service`.
    [[nodiscard]] static result<service_connection> open(const std::string& place);

    struct reply {
        int status = 0;
        std::string body;
    };
    /// Sends a request and reads the whole answer. Fails with `connect_failed` where the service
    /// ends meanwhile.
    [[nodiscard]] result<reply> ask(const std::string& method, const std::string& target,
                                    std::string_view body = {});
    /// The same for an answer with good status that comes in pieces: each is handed on as it is
    /// there. The body of an answer with another status is returned.
    [[nodiscard]] result<reply> stream(const std::string& method, const std::string& target,
                                       std::string_view body,
                                       const std::function<void(std::string_view)>& piece);

  private:
    explicit service_connection(descriptor socket) : socket_(std::move(socket)) {}
    result<> send(std::string_view bytes);

    descriptor socket_;
};

} // namespace outrider
