#include "transports/http/web_socket.hpp"

#include "engine/reactor/deadline.hpp"
#include "transports/http/beast.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outrider {

namespace websocket = boost::beast::websocket;

struct web_socket::state {
    // No deflate: it would cost memory for each client, and time on the engine's thread.
    explicit state(stream_socket socket) : stream(std::move(socket)) {}

    websocket::stream<stream_socket, false> stream;
    boost::beast::flat_buffer received;
};

web_socket::web_socket(std::unique_ptr<state> with) : state_(std::move(with)) {}

web_socket::~web_socket() = default;

awaitable<result<std::unique_ptr<web_socket>>> web_socket::accept(http_stream& stream) {
    constexpr std::size_t longest_text = 65536;
    auto made = std::make_unique<state>(std::move(stream.socket()));
    made->stream.set_option(
        websocket::stream_base::timeout::suggested(boost::beast::role_type::server));
    made->stream.read_message_max(longest_text);
    const auto head = stream.take_head();
    const auto [ec] =
        co_await made->stream.async_accept(asio::buffer(head), asio::as_tuple(asio::use_awaitable));
    if (ec) {
        co_return failure(errc::bad_input, "no handshake of a WebSocket: " + ec.message());
    }
    made->stream.text(true);
    co_return std::unique_ptr<web_socket>(new web_socket(std::move(made)));
}

awaitable<result<std::string>> web_socket::read() {
    auto& buffer = state_->received;
    const auto [ec, got] =
        co_await state_->stream.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    std::ignore = got;
    if (ec) {
        co_return failure(errc::connect_failed, "the client is gone: " + ec.message());
    }
    std::string text(static_cast<const char*>(buffer.data().data()), buffer.size());
    buffer.consume(buffer.size());
    co_return text;
}

awaitable<result<>> web_socket::write(std::string text) {
    const auto [ec, sent] = co_await state_->stream.async_write(
        asio::buffer(text), asio::as_tuple(asio::use_awaitable));
    std::ignore = sent;
    if (ec) {
        co_return failure(errc::connect_failed, "the client is gone: " + ec.message());
    }
    co_return result<>();
}

awaitable<void> web_socket::close() {
    const auto say = [](state& with) -> awaitable<result<>> {
        const auto [ec] = co_await with.stream.async_close(websocket::close_code::going_away,
                                                           asio::as_tuple(asio::use_awaitable));
        std::ignore = ec; // it is over either way
        co_return result<>();
    };
    std::ignore = co_await with_deadline(say(*state_), std::chrono::seconds(1), "closing");
}

} // namespace outrider
