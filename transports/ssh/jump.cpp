#include "transports/ssh/jump.hpp"

#include "transports/ssh/channel.hpp"
#include "transports/ssh/proxy_process.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <exception>

namespace outrider::ssh {
namespace {

constexpr auto tuple_awaitable = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t piece_size = 64 * 1024;

/// The two pumps of a jump. Each holds the relay and ends it for both.
class relay {
  public:
    relay(reached_session through, std::shared_ptr<channel> far,
          asio::posix::stream_descriptor near)
        : through_(std::move(through)), far_(std::move(far)), near_(std::move(near)) {}

    awaitable<void> far_to_near() {
        std::vector<char> piece(piece_size);
        for (;;) {
            const auto got = co_await far_->read_some(piece);
            if (!got || *got == 0) {
                break;
            }
            auto [error, count] = co_await asio::async_write(
                near_, asio::buffer(piece.data(), *got), tuple_awaitable);
            if (error) {
                break;
            }
        }
        end();
    }

    awaitable<void> near_to_far() {
        std::vector<char> piece(piece_size);
        for (;;) {
            auto [error, count] =
                co_await near_.async_read_some(asio::buffer(piece), tuple_awaitable);
            if (error || !co_await far_->write({piece.data(), count})) {
                break;
            }
        }
        end();
    }

  private:
    /// The session was made for this jump alone: ending it wakes the pump that waits for it.
    void end() {
        boost::system::error_code ignored;
        near_.close(ignored);
        through_.wire->drop();
    }

    reached_session through_;
    std::shared_ptr<channel> far_;
    asio::posix::stream_descriptor near_;
};

} // namespace

result<jump_host> parse_jump_host(std::string_view text) {
    const failure nonsense(errc::bad_input, "ProxyJump '" + std::string(text) + "' makes no sense");
    jump_host hop;
    if (text.starts_with("ssh://")) {
        text.remove_prefix(6);
    }
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        hop.user = text.substr(0, at);
        text.remove_prefix(at + 1);
    }
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return nonsense;
        }
        hop.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        hop.host = text.substr(0, colon);
        port = text.substr(colon);
    }
    if (!port.empty()) {
        std::uint16_t number = 0;
        const auto* last = port.data() + port.size();
        const auto [end, error] = std::from_chars(port.data() + 1, last, number);
        if (port[0] != ':' || error != std::errc() || end != last) {
            return nonsense;
        }
        hop.port = number;
    }
    if (hop.host.empty()) {
        return nonsense;
    }
    return hop;
}

awaitable<result<reached_session>> connector::reach_jump_host(const remote& hop,
                                                              const user_config& config) {
    // Only the last of the list is the direct neighbour; the ones before lead to it.
    const auto comma = config.proxy_jump.rfind(',');
    const bool more = comma != std::string::npos;
    const std::string last = more ? config.proxy_jump.substr(comma + 1) : config.proxy_jump;
    const auto parsed = parse_jump_host(last);
    if (!parsed) {
        co_return failure(parsed.error().code, hop.name + ": " + parsed.error().context);
    }
    constexpr int most_hops = 8; // a configuration may send a jump host through itself
    if (++depth_ > most_hops) {
        co_return failure(errc::bad_input, to_.name + ": ProxyJump leads in a circle");
    }
    remote next;
    next.name = to_.name + ": jump host " + parsed->host;
    next.type = to_.type;
    next.host = parsed->host;
    next.port = parsed->port;
    next.user = parsed->user;
    next.ssh_config = to_.ssh_config;
    next.known_hosts = to_.known_hosts;
    next.host_keys = to_.host_keys;
    auto next_config = co_await memory_.configs.lookup(next, context_.environment);
    if (!next_config) {
        co_return next_config.error();
    }
    if (more) {
        next_config->proxy_jump = config.proxy_jump.substr(0, comma);
        next_config->proxy_command.clear();
    }
    co_return co_await reach(std::move(next), std::move(*next_config));
}

awaitable<result<descriptor>> jump_to(reached_session through, tcp_target target) {
    auto far = std::make_shared<channel>(through.wire);
    if (auto opened = co_await far->forward_to(target.host, target.port); !opened) {
        co_return failure(opened.error().code, target.label + ": " + opened.error().context);
    }
    auto pair = stream_pair();
    if (!pair) {
        co_return pair.error();
    }
    const auto executor = co_await asio::this_coro::executor;
    auto pumps =
        std::make_shared<relay>(std::move(through), std::move(far),
                                asio::posix::stream_descriptor(executor, pair->second.release()));
    // Not in a task group: nobody who could join them lives longer. They end when the socket does,
    // and the relay with them.
    const auto ended = [pumps](std::exception_ptr error) {
        if (error) {
            std::rethrow_exception(error);
        }
    };
    asio::co_spawn(executor, [pumps = pumps.get()] { return pumps->far_to_near(); }, ended);
    asio::co_spawn(executor, [pumps = pumps.get()] { return pumps->near_to_far(); }, ended);
    co_return std::move(pair->first);
}

} // namespace outrider::ssh
