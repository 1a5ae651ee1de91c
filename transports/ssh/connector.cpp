#include "transports/ssh/connector.hpp"

#include "transports/ssh/child_connection.hpp"
#include "transports/ssh/host_key_check.hpp"
#include "transports/ssh/person.hpp"
#include "transports/ssh/proxy_jump.hpp"
#include "transports/ssh/ssh_connection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

namespace outrider::ssh {
namespace {

using namespace std::chrono_literals;

/// A configuration may send a jump host through itself.
constexpr std::size_t most_hops = 8;
/// Between the tries at a server that turns us away.
constexpr auto shortest_pause = 100ms;
constexpr auto longest_pause = 1500ms;

std::chrono::milliseconds limit_for(const remote& to, const user_config& config,
                                    const connect_context& context) {
    const auto seconds = to.connect_timeout ? to.connect_timeout : config.connect_timeout;
    return seconds && *seconds > 0 ? std::chrono::milliseconds(std::chrono::seconds(*seconds))
                                   : context.timeout;
}

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

bool goes_by_jump(const user_config& config) {
    return config.proxy_command.empty() && !config.proxy_jump.empty();
}

} // namespace

connector::connector(connection_memory& memory, const remote& to, const connect_context& context)
    : memory_(memory), to_(to), context_(context), budget_(context.timeout) {}

awaitable<result<std::unique_ptr<connection>>> connector::run() {
    auto way = co_await find_way();
    if (!way) {
        co_return way.error();
    }
    way_ = std::move(*way);
    const user_config& config = way_.front().config;
    // Reading the configuration has a limit of its own.
    budget_ = time_budget(limit_for(to_, config, context_));
    auto reached = co_await reach(0);
    if (!reached) {
        co_return reached.error();
    }
    if (!reached->beyond_us.empty()) {
        auto child = co_await reach_by_child(0, reached->beyond_us);
        if (!child) {
            co_return child.error();
        }
        co_return std::unique_ptr<connection>(
            std::make_unique<child_connection>(std::move(*child)));
    }
    co_return std::unique_ptr<connection>(
        std::make_unique<session_connection>(std::move(*reached)));
}

awaitable<result<std::vector<hop>>> connector::find_way() {
    auto config = co_await memory_.configs.lookup(to_, context_.environment);
    if (!config) {
        co_return config.error();
    }
    std::vector<hop> way;
    way.push_back({.to = to_, .config = std::move(*config)});
    while (goes_by_jump(way.back().config)) {
        if (way.size() > most_hops) {
            co_return failure(errc::bad_input, to_.name + ": ProxyJump leads in a circle");
        }
        auto before = hop_before(way.back());
        if (!before) {
            co_return before.error();
        }
        auto known = co_await memory_.configs.lookup(before->to, context_.environment);
        if (!known) {
            co_return failure(known.error().code, to_.name + ": " + known.error().context);
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

result<hop> connector::hop_before(const hop& next) const {
    const auto parsed = parse_jump_host(split_proxy_jump(next.config.proxy_jump).neighbour);
    if (!parsed) {
        return failure(parsed.error().code, to_.name + ": " + parsed.error().context);
    }
    hop before;
    before.to.name = "jump host " + parsed->host;
    before.to.type = to_.type;
    before.to.host = parsed->host;
    before.to.port = parsed->port;
    before.to.user = parsed->user;
    before.to.ssh_config = to_.ssh_config;
    before.to.known_hosts = to_.known_hosts;
    before.to.host_keys = to_.host_keys;
    return before;
}

awaitable<result<reached_session>> connector::reach(std::size_t at) {
    const hop& mine = way_[at];
    if (!mine.config.beyond_us.empty()) {
        co_return reached_session{.beyond_us = join(mine.config.beyond_us)};
    }
    auto keys = co_await gather_keys(mine.to.name, mine.config, mine.to.private_key.has_value(),
                                     memory_.keys);
    if (!keys) {
        co_return keys.error();
    }
    if (keys->only_beyond_us) {
        co_return reached_session{.beyond_us = keys->beyond_us};
    }
    host_key_check check(mine.to, mine.config, memory_.host_keys);
    if (auto ready = co_await check.prepare(); !ready) {
        co_return ready.error();
    }
    retry_policy pauses(shortest_pause, longest_pause);
    for (;;) {
        reached_jump via;
        if (at + 1 < way_.size()) {
            auto jump = co_await reach_jump_host(at + 1);
            if (!jump) {
                co_return of_jump_host(jump.error(), at);
            }
            via = std::move(*jump);
            if (!via.session) {
                co_return reached_session{.beyond_us = via.beyond_us};
            }
        }
        auto attempt = std::make_unique<session_attempt>(memory_, mine, context_, budget_);
        auto outcome = co_await attempt->run(check, *keys, std::move(via.session));
        if (outcome || !attempt->worth_another()) {
            co_return outcome;
        }
        attempt.reset(); // its place is for others meanwhile
        if (!co_await pause(pauses, outcome.error())) {
            co_return outcome;
        }
    }
}

awaitable<bool> connector::pause(retry_policy& pauses, const failure& why) {
    const auto length = pauses.next_pause();
    if (length >= budget_.remaining()) {
        co_return false;
    }
    spdlog::debug("{}; trying again in {} ms", why.context, length.count());
    asio::steady_timer timer(co_await asio::this_coro::executor, length);
    co_await timer.async_wait(asio::use_awaitable);
    co_return true;
}

failure connector::of_jump_host(failure what, std::size_t asked_by) const {
    if (asked_by == 0) {
        what.context.insert(0, to_.name + ": ");
    }
    return what;
}

awaitable<result<reached_jump>> connector::reach_jump_host(std::size_t at) {
    bool made_here = false;
    const auto make = [&]() -> awaitable<result<reached_session>> {
        made_here = true;
        budget_ = time_budget(budget_.total());
        co_return co_await reach(at);
    };
    for (;;) {
        const time_budget own = budget_;
        const auto start = time_budget::clock::now();
        auto reached = co_await memory_.jumps.reach(way_to(at), make);
        const auto waited = time_budget::clock::now() - start;
        // Making it was the jump host's time, whoever did it.
        budget_ = own;
        budget_.give_back(waited);
        // Whoever made it may have had less time than this one has.
        const bool too_short = !made_here && reached.has_error() &&
                               reached.error().kind() == errc::timed_out &&
                               waited < budget_.total() / 2;
        if (!too_short) {
            co_return reached;
        }
    }
}

awaitable<result<std::shared_ptr<child_master>>> connector::reach_by_child(std::size_t at,
                                                                           std::string why) {
    retry_policy pauses(shortest_pause, longest_pause);
    for (;;) {
        std::shared_ptr<child_master> through;
        if (at + 1 < way_.size()) {
            auto jump = co_await memory_.jumps.reach_by_child(
                way_to(at + 1), [&] { return reach_by_child(at + 1, why); });
            if (!jump) {
                co_return of_jump_host(jump.error(), at);
            }
            through = std::move(*jump);
        }
        auto outcome = co_await try_by_child(
            {.to = way_[at], .environment = context_.environment, .why = why, .through = through});
        if (outcome || outcome.error().kind() != errc::connect_failed) {
            co_return outcome;
        }
        auto tried = failed_child(outcome.error().context);
        tried.others_succeed = memory_.slots.answers(way_[at].server());
        tried.carrier_lost = through && !through->alive();
        if (!worth_another_try(tried) || !co_await pause(pauses, outcome.error())) {
            co_return outcome;
        }
    }
}

awaitable<result<std::shared_ptr<child_master>>> connector::try_by_child(child_request request) {
    const auto start = time_budget::clock::now();
    auto place = co_await memory_.slots.acquire(
        request.to.server(), request.through ? request.through->label() : std::string());
    if (!place) {
        co_return failure(place.error().code, to_.name + ": " + place.error().context);
    }
    if (!co_await (*place)->enter(context_.connections)) {
        co_return failure(errc::cancelled, to_.name + ": cancelled");
    }
    budget_.give_back(time_budget::clock::now() - start);
    person who(request.to.to.name, context_, budget_, *place);
    auto made = co_await connect_by_child(std::move(request), who, budget_);
    if (made) {
        (*place)->secured();
    }
    co_return made;
}

jump_way connector::way_to(std::size_t at) const {
    jump_way way;
    for (; at < way_.size(); ++at) {
        const hop& each = way_[at];
        way.hops.push_back(
            {.host = each.to.host, .host_keys = each.to.host_keys, .config = each.config});
        if (!each.config.proxy_command.empty()) {
            way.environment = context_.environment;
        }
    }
    return way;
}

} // namespace outrider::ssh
