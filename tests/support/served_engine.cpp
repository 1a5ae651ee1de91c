#include "tests/support/served_engine.hpp"

#include "transports/every_transport.hpp"

#include <future>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace outrider::testing {
namespace {

void send_all(const descriptor& to, const std::string& text) {
    BOOST_REQUIRE(::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
                  static_cast<ssize_t>(text.size()));
}

std::string read_to_end(const descriptor& with) {
    std::string all;
    char bytes[4096];
    for (ssize_t got = 0; (got = ::read(with.get(), bytes, sizeof bytes)) > 0;) {
        all.append(bytes, static_cast<std::size_t>(got));
    }
    return all;
}

} // namespace

served_engine::served_engine(http_limits limits, bool on_port) {
    id = scene_.make_run('a');
    http_server_options how;
    how.socket = socket();
    auto place = take_socket(how.socket);
    BOOST_REQUIRE_MESSAGE(place, place.error().context);
    how.place = std::move(*place);
    how.limits = limits;
    how.usual.directory = scene_.place().path();
    how.usual.environment = {{"HOME", scene_.place() / "user"},
                             {"GUILD_HOME", scene_.far_home()},
                             {"GUILD_CONFIG", scene_.place() / "config.yml"},
                             {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    if (on_port) {
        how.port = 0;
    }
    std::promise<std::uint16_t> listening;
    how.listening = [&](std::optional<std::uint16_t> at) { listening.set_value(at.value_or(0)); };
    engine_ = make_service_engine(std::move(how), {});
    thread_ = std::thread([this] { engine_->run(); });
    port = listening.get_future().get();
}

void served_engine::end() {
    if (thread_.joinable()) {
        engine_->interrupt();
        thread_.join();
        engine_.reset(); // and with it the lock on the place
    }
}

service_connection served_engine::connect() const {
    auto made = service_connection::open(socket());
    BOOST_REQUIRE_MESSAGE(made, made.error().context);
    return std::move(*made);
}

service_connection::reply served_engine::ask(const char* method, const std::string& target,
                                             const std::string& body) const {
    auto connection = connect();
    auto answered = connection.ask(method, target, body);
    BOOST_REQUIRE_MESSAGE(answered, answered.error().context);
    return std::move(*answered);
}

std::string served_engine::say(const std::string& text) const {
    const descriptor to(connect_to_service(socket()).value());
    send_all(to, text);
    return read_to_end(to);
}

std::string served_engine::say_to_port(const std::string& text) const {
    const descriptor to(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE(
        ::connect(to.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    send_all(to, text);
    ::shutdown(to.get(), SHUT_WR);
    return read_to_end(to);
}

descriptor served_engine::open_question() const {
    descriptor to(connect_to_service(socket()).value());
    const std::string body =
        R"({"command":"label","arguments":{"text":"x","selection":{"runs":[")" + id + R"("]}}})";
    send_all(to, "POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body);
    std::string all;
    char bytes[4096];
    while (all.find("\"question\"") == std::string::npos) {
        const auto got = ::read(to.get(), bytes, sizeof bytes);
        BOOST_REQUIRE(got > 0);
        all.append(bytes, static_cast<std::size_t>(got));
    }
    return to;
}

} // namespace outrider::testing
