#include "transports/ssh/find_way.hpp"

#include "transports/ssh/proxy_jump.hpp"

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
