#include "transports/ssh/agent_client.hpp"

#include "engine/reactor/deadline.hpp"
#include "engine/reactor/tuple_awaitable.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/un.h>

#include <cstdint>
#include <optional>

namespace outrider::ssh {
namespace {

constexpr std::string_view request_identities{"\0\0\0\1\x0b", 5}; // SSH_AGENTC_REQUEST_IDENTITIES
constexpr char identities_answer = 12;                            // SSH_AGENT_IDENTITIES_ANSWER
constexpr std::size_t largest_answer = 256 * 1024; // as OpenSSH's own client bounds it
constexpr std::chrono::seconds answer_limit{2};

std::optional<std::uint32_t> take_number(std::string_view& from) {
    if (from.size() < 4) {
        return std::nullopt;
    }
    std::uint32_t number = 0;
    for (int at = 0; at < 4; ++at) {
        number = number << 8 | static_cast<unsigned char>(from[static_cast<std::size_t>(at)]);
    }
    from.remove_prefix(4);
    return number;
}

std::optional<std::string_view> take_string(std::string_view& from) {
    const auto size = take_number(from);
    if (!size || *size > from.size()) {
        return std::nullopt;
    }
    const auto text = from.substr(0, *size);
    from.remove_prefix(*size);
    return text;
}

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

awaitable<result<std::vector<std::string>>> ask_agent(std::string path) {
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        co_return failure(errc::bad_input, "ssh agent: the path " + path + " is too long");
    }
    asio::local::stream_protocol::socket socket(co_await asio::this_coro::executor);
    auto [error] = co_await socket.async_connect(path, tuple_awaitable);
    if (error) {
        co_return failure(error, "ssh agent: connect to " + path + ": " + error.message());
    }
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    std::size_t count = 0;
    std::tie(error, count) =
        co_await asio::async_write(socket, asio::buffer(request_identities), tuple_awaitable);
    char head[4];
    if (!error) {
        std::tie(error, count) =
            co_await asio::async_read(socket, asio::buffer(head), tuple_awaitable);
    }
    std::string_view length(head, sizeof head);
    const auto size = error ? 0 : take_number(length).value_or(0);
    if (error || size == 0 || size > largest_answer) {
        co_return failure(errc::protocol_violation, "ssh agent: no sensible answer");
    }
    std::string body(size, '\0');
    std::tie(error, count) = co_await asio::async_read(socket, asio::buffer(body), tuple_awaitable);
    if (error) {
        co_return failure(error, "ssh agent: " + error.message());
    }
    co_return parse_agent_answer(body);
}

} // namespace

result<std::vector<std::string>> parse_agent_answer(std::string_view body) {
    const failure nonsense(errc::protocol_violation, "ssh agent: no sensible answer");
    if (body.empty() || body[0] != identities_answer) {
        return nonsense;
    }
    body.remove_prefix(1);
    const auto count = take_number(body);
    std::vector<std::string> keys;
    for (std::uint32_t at = 0; at < count.value_or(0); ++at) {
        const auto blob = take_string(body);
        const auto comment = take_string(body);
        if (!blob || !comment) {
            return nonsense;
        }
        keys.push_back(base64(*blob));
    }
    return keys;
}

awaitable<result<std::vector<std::string>>> list_agent_keys(std::string socket_path) {
    co_return co_await with_deadline(ask_agent(std::move(socket_path)), answer_limit,
                                     "ssh agent: no answer within 2 s");
}

} // namespace outrider::ssh
