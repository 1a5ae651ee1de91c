#include "transports/http/http_stream.hpp"

#include "engine/reactor/deadline.hpp"
#include "transports/http/beast.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>

namespace outrider {
namespace {

namespace http = boost::beast::http;

using parser_type = http::request_parser<http::string_body>;

std::string text_of(const parser_type& parser, http::field name) {
    const auto value = parser.get()[name];
    return {value.data(), value.size()};
}

std::string fetch_site_of(const parser_type& parser) {
    const auto value = parser.get()["Sec-Fetch-Site"];
    return {value.data(), value.size()};
}

http_request request_of(parser_type& parser) {
    auto& message = parser.get();
    const auto method = message.method_string();
    const auto target = message.target();
    return {.method = {method.data(), method.size()},
            .target = {target.data(), target.size()},
            .body = std::move(message.body()),
            .host = text_of(parser, http::field::host),
            .origin = text_of(parser, http::field::origin),
            .authorization = text_of(parser, http::field::authorization),
            .cookie = text_of(parser, http::field::cookie),
            .fetch_site = fetch_site_of(parser),
            .upgrade = boost::beast::websocket::is_upgrade(message)};
}

// No answer is for a cache, for another site, or tells another site what was looked at here.
std::string head_of(int status, const std::string& type, bool keep_alive) {
    return fmt::format("HTTP/1.1 {} {}\r\n{}{}{}Cache-Control: no-store\r\n"
                       "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
                       "Cross-Origin-Resource-Policy: same-origin\r\nConnection: {}\r\n",
                       status, reason_phrase(status), type.empty() ? "" : "Content-Type: ", type,
                       type.empty() ? "" : "\r\n", keep_alive ? "keep-alive" : "close");
}

} // namespace

// The parser of Beast without its reading: this one has deadlines, and keeps the head for the
// handshake of a WebSocket.
awaitable<std::optional<http_request>> http_stream::read() {
    parser_type parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header));
    parser.body_limit(limits_.body);
    parser.eager(true);
    head_.clear();
    method_.clear();
    auto deadline = std::chrono::steady_clock::now() + limits_.idle;
    bool begun = false;
    bool awaited = false; // the client waits to be told that its body is welcome
    while (!parser.is_done()) {
        boost::system::error_code ec;
        std::size_t used = 0;
        if (!received_.empty()) {
            if (!begun) {
                begun = true;
                deadline = std::chrono::steady_clock::now() + limits_.request;
            }
            const bool had_head = parser.is_header_done();
            used = parser.put(asio::buffer(received_), ec);
            if (!had_head && parser.is_header_done()) {
                head_ = received_;
            }
            received_.erase(0, used);
            const auto method = parser.get().method_string();
            method_.assign(method.data(), method.size());
        }
        if (ec == http::error::header_limit) {
            co_return co_await refuse(431, "bad_input", "the header is too large");
        }
        if (ec == http::error::body_limit) {
            co_return co_await refuse(413, "bad_input", "the body is too large");
        }
        if (ec && ec != http::error::need_more) {
            co_return co_await refuse(400, "bad_input", "this is no HTTP request: " + ec.message());
        }
        if (parser.is_done()) {
            break;
        }
        if (parser.is_header_done() && !awaited) {
            awaited = true;
            if (boost::beast::iequals(parser.get()[http::field::expect], "100-continue") &&
                !co_await write("HTTP/1.1 100 Continue\r\n\r\n")) {
                co_return std::nullopt;
            }
        }
        // Bytes that were used may already be followed by the rest.
        if (used == 0 || received_.empty()) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            const auto got = co_await with_deadline(
                read_some(), std::max(left, std::chrono::milliseconds(0)), "no request");
            if (!got && got.error().kind() == errc::timed_out && begun) {
                co_return co_await refuse(408, "timed_out", "the request did not come to its end");
            }
            if (!got || *got == 0) {
                co_return std::nullopt;
            }
        }
    }
    keep_alive_ = parser.get().keep_alive();
    constexpr unsigned with_chunks = 11; // HTTP/1.1
    knows_chunks_ = parser.get().version() >= with_chunks;
    co_return request_of(parser);
}

awaitable<std::optional<http_request>> http_stream::refuse(int status, std::string code,
                                                           std::string text) {
    keep_alive_ = false;
    std::ignore = co_await send(error_answer(status, code, text)); // it ends anyway
    co_return std::nullopt;
}

awaitable<result<std::size_t>> http_stream::read_some() {
    constexpr std::size_t piece = 16384;
    const auto before = received_.size();
    received_.resize(before + piece);
    const auto [ec, got] = co_await socket_.async_read_some(
        asio::buffer(received_.data() + before, piece), asio::as_tuple(asio::use_awaitable));
    received_.resize(before + got);
    if (ec && ec != asio::error::eof) {
        co_return failure(ec, "the client is gone");
    }
    co_return got;
}

awaitable<result<>> http_stream::write(std::string bytes) {
    const auto [ec, written] = co_await asio::async_write(socket_, asio::buffer(bytes),
                                                          asio::as_tuple(asio::use_awaitable));
    std::ignore = written;
    if (ec) {
        keep_alive_ = false;
        co_return failure(ec, "the client is gone");
    }
    co_return result<>();
}

awaitable<result<>> http_stream::send(const http_answer& answer) {
    auto text = head_of(answer.status, answer.type, keep_alive_);
    for (const auto& [name, value] : answer.headers) {
        text += fmt::format("{}: {}\r\n", name, value);
    }
    if (tells_length(answer.status)) {
        text += fmt::format("Content-Length: {}\r\n", answer.body.size());
    }
    text += "\r\n";
    if (carries_body(method_, answer.status)) {
        text += answer.body;
    }
    co_return co_await write(std::move(text));
}

awaitable<result<>> http_stream::begin(std::string type) {
    // Without chunks, the end of the connection is the end of the answer.
    keep_alive_ = keep_alive_ && knows_chunks_;
    co_return co_await write(head_of(200, type, keep_alive_) +
                             (knows_chunks_ ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n"));
}

awaitable<result<>> http_stream::chunk(std::string_view bytes) {
    if (bytes.empty() || !wants_body()) { // an empty chunk would be the end
        co_return result<>();
    }
    co_return co_await write(knows_chunks_ ? fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes)
                                           : std::string(bytes));
}

awaitable<result<>> http_stream::end() {
    if (!knows_chunks_ || !wants_body()) {
        co_return result<>();
    }
    co_return co_await write("0\r\n\r\n");
}

awaitable<void> http_stream::peer_left() {
    // A request or two may wait behind this one.
    while (received_.size() <= limits_.header) {
        const auto got = co_await read_some();
        if (!got || *got == 0) {
            co_return;
        }
    }
}

} // namespace outrider
