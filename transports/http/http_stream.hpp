#pragma once

#include "transports/http/http_message.hpp"
#include "transports/http/stream_socket.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace outrider {

/// What one client may cost.
struct http_limits {
    std::size_t header = std::size_t{32} << 10; ///< bytes
    std::size_t body = std::size_t{8} << 20;    ///< bytes: an environment has at most 2 MiB
    std::chrono::milliseconds idle{60'000};     ///< between two requests
    std::chrono::milliseconds request{30'000};  ///< from the first byte of one to its last
};

/// The server's end of one HTTP/1.1 connection: requests one after the other, each with its answer.
/// Owned by the coroutine of the connection.
class http_stream {
  public:
    http_stream(stream_socket socket, http_limits limits)
        : socket_(std::move(socket)), limits_(limits) {}

    /// The next request. Nothing: the connection is over; a request that was no good has been
    /// answered.
    [[nodiscard]] awaitable<std::optional<http_request>> read();
    /// Sends an answer as a whole.
    [[nodiscard]] awaitable<result<>> send(const http_answer& answer);
    /// Begins an answer that comes in pieces; `end` ends it. What is not sent because the request
    /// was HEAD costs its making all the same: see `wants_body`.
    [[nodiscard]] awaitable<result<>> begin(std::string type);
    [[nodiscard]] awaitable<result<>> chunk(std::string_view bytes);
    [[nodiscard]] awaitable<result<>> end();
    /// Returns when the client has closed its end, or sends more than it may before its answer has
    /// ended. What it sent is kept for the next `read`.
    [[nodiscard]] awaitable<void> peer_left();

    /// Whether the client gets to see the body of an answer.
    [[nodiscard]] bool wants_body() const { return carries_body(method_, 200); }
    /// Whether another request may follow on this connection.
    [[nodiscard]] bool keeps_alive() const { return keep_alive_; }
    /// Nothing follows the answer that is sent next.
    void close_after_answer() { keep_alive_ = false; }
    [[nodiscard]] stream_socket& socket() { return socket_; }
    /// The head of the request that was read last, and what came behind it.
    [[nodiscard]] std::string take_head() { return std::exchange(head_, {}); }

  private:
    awaitable<result<std::size_t>> read_some();
    awaitable<result<>> write(std::string bytes);
    awaitable<std::optional<http_request>> refuse(int status, std::string code, std::string text);

    stream_socket socket_;
    http_limits limits_;
    std::string received_; ///< and not yet parsed
    std::string head_;
    std::string method_;       ///< of the request that was read last
    bool knows_chunks_ = true; ///< its client speaks HTTP/1.1
    bool keep_alive_ = true;
};

} // namespace outrider
