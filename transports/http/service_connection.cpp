#include "transports/http/service_connection.hpp"

#include "transports/http/service_socket.hpp"

#include <array>
#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace outrider {
namespace {

constexpr int good = 200;

failure gone() {
    return {errc::connect_failed, "the service has ended before it answered"};
}

} // namespace

result<service_connection> service_connection::open(const std::string& place) {
    auto socket = connect_to_service(place);
    if (!socket) {
        return socket.error();
    }
    return service_connection(std::move(*socket));
}

result<> service_connection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return gone();
        }
        bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    return {};
}

result<service_connection::reply> service_connection::ask(const std::string& method,
                                                          const std::string& target,
                                                          std::string_view body) {
    std::string text;
    auto answered = stream(method, target, body, [&](std::string_view piece) { text += piece; });
    if (answered && answered->body.empty()) {
        answered->body = std::move(text);
    }
    return answered;
}

result<service_connection::reply>
service_connection::stream(const std::string& method, const std::string& target,
                           std::string_view body,
                           const std::function<void(std::string_view)>& piece) {
    std::string request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    request += body;
    if (auto sent = send(request); !sent) {
        return sent.error();
    }
    http_reply answer;
    reply whole;
    std::array<char, 65536> bytes{};
    while (!answer.ended()) {
        const auto got = ::read(socket_.get(), bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return gone();
        }
        const auto fed =
            answer.feed({bytes.data(), static_cast<std::size_t>(got)}, [&](std::string_view part) {
                if (answer.status() == good) {
                    piece(part);
                } else {
                    whole.body += part;
                }
            });
        if (!fed) {
            return fed.error();
        }
    }
    whole.status = answer.status();
    return whole;
}

} // namespace outrider
