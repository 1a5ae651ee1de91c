#include "transports/ssh/find_way.hpp"

#include <algorithm>
#include <charconv>

namespace outrider::ssh {
namespace {

/// A configuration may send a jump host through itself.
constexpr std::size_t most_hops = 8;

bool goes_by_jump(const user_config& config) {
    return config.proxy_command.empty() && !config.proxy_jump.empty();
}

/// `for_whom` says how all hops are checked, and where they are configured.
result<hop> hop_before(const hop& next, const ssh_remote& for_whom) {
    const auto parsed = parse_jump_host(split_proxy_jump(next.config.proxy_jump).neighbour);
    if (!parsed) {
        return failure(parsed.error().code, for_whom.name + ": " + parsed.error().context);
    }
    hop before;
    before.to.name = "jump host " + parsed->host;
    before.to.host = parsed->host;
    before.to.port = parsed->port;
    before.to.user = parsed->user;
    before.to.ssh_config = for_whom.ssh_config;
    before.to.known_hosts = for_whom.known_hosts;
    before.to.host_keys = for_whom.host_keys;
    return before;
}

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

proxy_jump split_proxy_jump(const std::string& list) {
    const auto comma = list.rfind(',');
    if (comma == std::string::npos) {
        return {.before = {}, .neighbour = list};
    }
    return {.before = list.substr(0, comma), .neighbour = list.substr(comma + 1)};
}

awaitable<result<std::vector<hop>>> find_way(user_config_source& configs, const ssh_remote& to,
                                             const user_config_source::environment& environment) {
    auto config = co_await configs.lookup(to, environment);
    if (!config) {
        co_return config.error();
    }
    std::vector<hop> way;
    way.push_back({.to = to, .config = std::move(*config)});
    while (goes_by_jump(way.back().config)) {
        if (way.size() > most_hops) {
            co_return failure(errc::bad_input, to.name + ": ProxyJump leads in a circle");
        }
        auto before = hop_before(way.back(), to);
        if (!before) {
            co_return before.error();
        }
        auto known = co_await configs.lookup(before->to, environment);
        if (!known) {
            co_return failure(known.error().code, to.name + ": " + known.error().context);
        }
        if (const auto list = split_proxy_jump(way.back().config.proxy_jump);
            !list.before.empty()) {
            known->proxy_jump = list.before;
            known->proxy_command.clear();
        }
        before->config = std::move(*known);
        way.push_back(std::move(*before));
    }
    co_return way;
}

jump_way way_to(const std::vector<hop>& way, std::size_t at,
                const user_config_source::environment& environment) {
    jump_way to;
    for (; at < way.size(); ++at) {
        const hop& each = way[at];
        to.hops.push_back(
            {.host = each.to.host, .host_keys = each.to.host_keys, .config = each.config});
        if (!each.config.proxy_command.empty()) {
            to.environment = environment;
        }
    }
    return to;
}

} // namespace outrider::ssh
