#include "transports/http/webhook.hpp"

#include "engine/reactor/blocking.hpp"
#include "engine/reactor/deadline.hpp"
#include "transports/http/beast.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>

namespace outrider {
namespace {

using namespace std::chrono_literals;
namespace http = boost::beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;

constexpr auto post_limit = 30s;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

failure bad(const std::string& url, const char* why) {
    return {errc::bad_input, "'" + url + "' is no URL of a webhook: " + why};
}

// Reading the certificates of the system takes a while, and is done once.
awaitable<std::shared_ptr<ssl::context>> trusted() {
    static std::shared_ptr<ssl::context> known;
    if (!known) {
        known = co_await run_blocking([] {
            auto made = std::make_shared<ssl::context>(ssl::context::tls_client);
            made->set_default_verify_paths();
            made->set_verify_mode(ssl::verify_peer);
            return made;
        });
    }
    co_return known;
}

template <class Stream>
awaitable<result<int>> post_over(Stream& stream, const webhook_url& to,
                                 const webhook_request& what) {
    constexpr unsigned version = 11;
    http::request<http::string_body> request(http::verb::post, to.target, version);
    request.set(http::field::host, to.authority);
    request.set(http::field::user_agent, "outrider");
    request.set(http::field::content_type, "application/json");
    request.set(http::field::connection, "close");
    request.set("Idempotency-Key", what.idempotency_key);
    request.body() = what.body;
    request.prepare_payload();
    const auto [unsent, written] = co_await http::async_write(stream, request, quietly);
    if (unsent) {
        co_return failure(errc::connect_failed, to.authority + ": " + unsent.message());
    }
    boost::beast::flat_buffer buffer;
    http::response_parser<http::empty_body> answer;
    const auto [unread, got] = co_await http::async_read_header(stream, buffer, answer, quietly);
    if (unread) {
        co_return failure(errc::connect_failed, to.authority + ": " + unread.message());
    }
    co_return answer.get().result_int();
}

awaitable<result<int>> post_securely(tcp::socket socket, const webhook_url& to,
                                     const webhook_request& what) {
    const auto trust = co_await trusted();
    ssl::stream<tcp::socket> stream(std::move(socket), *trust);
    boost::system::error_code is_name;
    asio::ip::make_address(to.host, is_name);
    if (is_name) {
        ::SSL_set_tlsext_host_name(stream.native_handle(), to.host.c_str());
    }
    stream.set_verify_callback(ssl::host_name_verification(to.host));
    const auto [refused] = co_await stream.async_handshake(ssl::stream_base::client, quietly);
    if (refused) {
        const auto why = ::SSL_get_verify_result(stream.native_handle());
        co_return why == X509_V_OK
            ? failure(errc::connect_failed, to.authority + ": " + refused.message())
            : failure(errc::authentication_failed, to.authority + ": its certificate is refused: " +
                                                       ::X509_verify_cert_error_string(why));
    }
    co_return co_await post_over(stream, to, what);
}

awaitable<result<int>> post(webhook_url to, webhook_request what) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::resolver resolver(executor);
    const auto [unknown, found] = co_await resolver.async_resolve(to.host, to.port, quietly);
    if (unknown) {
        co_return failure(errc::resolve_failed, to.authority + ": " + unknown.message());
    }
    tcp::socket socket(executor);
    const auto [unreachable, at] = co_await asio::async_connect(socket, found, quietly);
    if (unreachable) {
        co_return failure(errc::connect_failed, to.authority + ": " + unreachable.message());
    }
    if (to.secure) {
        co_return co_await post_securely(std::move(socket), to, what);
    }
    co_return co_await post_over(socket, to, what);
}

} // namespace

result<webhook_url> parse_webhook_url(const std::string& url) {
    if (std::ranges::any_of(url, [](unsigned char c) { return c <= ' ' || c >= 0x7F; })) {
        return bad(url, "it has characters that have to be encoded");
    }
    webhook_url out;
    std::string_view rest = url;
    for (const auto& [scheme, secure] :
         {std::pair("http://", false), std::pair("https://", true)}) {
        if (rest.starts_with(scheme)) {
            rest.remove_prefix(std::string_view(scheme).size());
            out.secure = secure;
            break;
        }
    }
    if (rest.size() == url.size()) {
        return bad(url, "it begins with neither http:// nor https://");
    }
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    rest.remove_prefix(authority.size());
    if (authority.find('@') != authority.npos) {
        return bad(url, "it holds a user name");
    }
    out.authority = authority;
    const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
    if (bracket == authority.npos) {
        return bad(url, "its address is not complete");
    }
    const auto colon = authority.find(':', bracket);
    const auto host = authority.substr(0, colon);
    out.host = bracket > 0 ? host.substr(1, bracket - 1) : host;
    if (out.host.empty() || (bracket > 0 && host.size() != bracket + 1)) {
        return bad(url, "it names no host");
    }
    out.port = colon == authority.npos ? (out.secure ? "443" : "80") : authority.substr(colon + 1);
    std::uint16_t number = 0;
    const auto* end = out.port.data() + out.port.size();
    if (std::from_chars(out.port.data(), end, number).ptr != end || number == 0) {
        return bad(url, "its port is no number");
    }
    rest = rest.substr(0, rest.find('#'));
    out.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
    return out;
}

awaitable<result<int>> post_to_webhook(webhook_request what) {
    auto to = parse_webhook_url(what.url);
    if (!to) {
        co_return to.error();
    }
    const auto late = to->authority + ": no answer within 30 s";
    co_return co_await with_deadline(post(std::move(*to), std::move(what)), post_limit, late);
}

} // namespace outrider
