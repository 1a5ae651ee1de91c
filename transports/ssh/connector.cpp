#include "transports/ssh/connector.hpp"

#include "transports/ssh/find_way.hpp"
#include "transports/ssh/host_key_check.hpp"
#include "transports/ssh/prompter.hpp"
#include "transports/ssh/ssh_connection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

namespace outrider::ssh {
namespace {

using namespace std::chrono_literals;

/// Between the tries at a server that turns us away.
constexpr auto shortest_pause = 100ms;
constexpr auto longest_pause = 1500ms;

std::chrono::milliseconds limit_for(const ssh_remote& to, const user_config& config,
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

/// Stands for the making of a jump host: that has a time of its own, and takes none of the
/// remote's.
class jump_hosts_time {
  public:
    explicit jump_hosts_time(time_budget& budget) : budget_(budget), own_(budget) { start_anew(); }
    jump_hosts_time(const jump_hosts_time&) = delete;
    jump_hosts_time& operator=(const jump_hosts_time&) = delete;
    ~jump_hosts_time() {
        budget_ = own_;
        budget_.give_back(taken());
    }
    void start_anew() { budget_ = time_budget(own_.total()); }
    [[nodiscard]] time_budget::clock::duration taken() const {
        return time_budget::clock::now() - start_;
    }

  private:
    time_budget& budget_;
    time_budget own_;
    time_budget::clock::time_point start_ = time_budget::clock::now();
};

} // namespace

connector::connector(connection_memory& memory, const ssh_remote& to,
                     const connect_context& context)
    : memory_(memory), to_(to), context_(context), budget_(context.timeout) {}

awaitable<result<std::unique_ptr<connection>>> connector::run() {
    auto way = co_await find_way(memory_.configs, to_, context_.environment);
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
    if (!reached->needs_ssh_program.empty()) {
        auto child = co_await reach_by_child(0, reached->needs_ssh_program);
        if (!child) {
            co_return child.error();
        }
        co_return std::unique_ptr<connection>(
            std::make_unique<child_connection>(std::move(*child)));
    }
    co_return std::unique_ptr<connection>(
        std::make_unique<session_connection>(std::move(*reached)));
}

awaitable<result<reached_session>> connector::reach(std::size_t at) {
    const hop& mine = way_[at];
    if (!mine.config.needs_ssh_program.empty()) {
        co_return reached_session{.needs_ssh_program = join(mine.config.needs_ssh_program)};
    }
    auto keys = co_await gather_keys(mine.to.name, mine.config, mine.to.private_key.has_value(),
                                     memory_.keys);
    if (!keys) {
        co_return keys.error();
    }
    if (keys->only_ssh_program_left) {
        co_return reached_session{.needs_ssh_program = keys->needs_ssh_program};
    }
    host_key_check check(mine.to, mine.config, memory_.host_keys);
    if (auto ready = co_await check.prepare(); !ready) {
        co_return ready.error();
    }
    if (check.only_authority()) {
        co_return reached_session{.needs_ssh_program = check.authority()};
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
                co_return reached_session{.needs_ssh_program = via.needs_ssh_program};
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
    for (;;) {
        jump_hosts_time time(budget_);
        bool made_here = false;
        const auto make = [&]() -> awaitable<result<reached_session>> {
            made_here = true;
            time.start_anew(); // somebody may have been waited for
            co_return co_await reach(at);
        };
        auto reached = co_await memory_.jumps.reach(way_to(way_, at, context_.environment), make);
        // Whoever made it may have had less time than this one has.
        const bool too_short = !made_here && reached.has_error() &&
                               reached.error().kind() == errc::timed_out &&
                               time.taken() < budget_.total() / 2;
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
            const jump_hosts_time time(budget_);
            auto jump =
                co_await memory_.jumps.reach_by_child(way_to(way_, at + 1, context_.environment),
                                                      [&] { return reach_by_child(at + 1, why); });
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
        tried.others_succeed = memory_.slots.answers(way_[at].server(through.get()));
        tried.carrier_lost = through && !through->alive();
        if (!worth_another_try(tried) || !co_await pause(pauses, outcome.error())) {
            co_return outcome;
        }
    }
}

awaitable<result<std::shared_ptr<child_master>>> connector::try_by_child(child_request request) {
    const auto start = time_budget::clock::now();
    auto place =
        co_await memory_.slots.acquire(request.to.server(request.through.get()),
                                       request.through ? request.through->label() : std::string());
    if (!place) {
        co_return failure(place.error().code, to_.name + ": " + place.error().context);
    }
    (*place)->allow_slow_start();
    if (!co_await (*place)->enter(context_.connections)) {
        co_return failure(errc::cancelled, to_.name + ": cancelled");
    }
    budget_.give_back(time_budget::clock::now() - start);
    prompter who(request.to.to.name, context_, budget_, *place);
    auto made = co_await connect_by_child(std::move(request), who, budget_);
    if (made) {
        (*place)->secured();
    } else if (failed_child(made.error().context).dropped) {
        (*place)->turned_away();
    }
    co_return made;
}

} // namespace outrider::ssh
