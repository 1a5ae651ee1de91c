#include "engine/fleet/machine_watch.hpp"

#include "engine/fleet/run_rows.hpp"
#include "engine/protocol/sync_messages.hpp"
#include "engine/reactor/either.hpp"
#include "engine/reactor/retry_policy.hpp"
#include "engine/remotes/follow_rules.hpp"
#include "engine/remotes/wake_detector.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

namespace outrider {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// Runs in one change that is told in several parts: an agent that never ends one is given up.
constexpr std::size_t most_in_one_change = 100'000;
/// Between two looks at the clocks while a link is lost: a machine that slept tries at once.
constexpr auto wake_check = 5s;

} // namespace

/// The watch of one machine, over as many connections as it takes.
class machine_watch {
  public:
    machine_watch(machine_watches& owner, link& over)
        : owner_(owner), memory_(owner.memory_), link_(over), key_(link_key(over.to())),
          wake_(owner.executor_), asked_(clock::now()) {}

    awaitable<void> run() {
        spdlog::debug("{}: its runs are watched", link_.to().name);
        while (wanted()) {
            auto ended = co_await over_one_connection();
            if (!ended && wanted()) {
                co_await after(ended.error());
            }
        }
        spdlog::debug("{}: its runs are not watched any more", link_.to().name);
        const auto self = owner_.watches_.find(key_);
        if (self != owner_.watches_.end() && self->second.get() == this) {
            memory_.forget(key_);
            owner_.watches_.erase(self);
        }
    }

    /// A command is about this machine.
    void asked(const command_context& context) {
        context_ = context;
        asked_ = clock::now();
    }
    /// Tries again at once, if it waits for that. `anyhow`: also where a person had to do something
    /// first; a login that was refused is never tried again by itself.
    void try_now(bool anyhow) {
        if (waiting_ && (alone_ || anyhow)) {
            try_now_ = true;
            wake_.cancel();
        }
    }
    void invalidate() { wake_.cancel(); }
    void end() {
        ended_ = true;
        if (exchange_ != nullptr) {
            exchange_->abandon();
        }
        wake_.cancel();
    }
    /// The first command could not reach it: not at once again.
    void failed(const failure& why) { failed_ = why; }
    [[nodiscard]] bool has_ended() const { return ended_; }
    [[nodiscard]] const std::string& name() const { return link_.to().name; }
    std::set<std::string> needed_by; ///< standing jobs

  private:
    [[nodiscard]] bool wanted() const {
        return !ended_ && memory_.find(key_) != nullptr &&
               (!needed_by.empty() || clock::now() - asked_ < owner_.idle_limit_);
    }

    awaitable<result<>> over_one_connection() {
        if (failed_) {
            co_return *std::exchange(failed_, std::nullopt);
        }
        connect_context context;
        context.environment = context_.environment;
        context.connections = static_cast<int>(context_.connections);
        context.at_terminal = false; // and nobody to ask
        auto agent = co_await link_.control(std::move(context));
        if (!agent) {
            co_return agent.error();
        }
        if (const auto clocks = co_await compare_clocks(**agent, 3)) {
            memory_.set_clock(key_, *clocks);
        }
        exchange watching(**agent, protocol::watch_listing{.home = link_.home(),
                                                           .newest = run_memory::most_per_machine,
                                                           .attributes = row_attributes()});
        struct connected {
            machine_watch& self;
            ~connected() {
                self.connected_ = false;
                self.exchange_ = nullptr;
            }
        } ends_on_exit{*this};
        exchange_ = &watching;
        first_ = true;
        changed_.clear();
        gone_.clear();
        moment_ = memory_.moment();
        asked_to_look_ = moment_;
        co_return co_await either(take_all(watching), ask_again(watching));
    }

    // ---- what the agent tells

    awaitable<result<>> take_all(exchange& watching) {
        auto take = [this](const message_part& part) { return take_part(part); };
        auto ended = co_await watching.finish<protocol::watch_end>(take);
        co_return ended
            ? failure(errc::protocol_violation, name() + ": the watch of its runs ended")
            : ended.error();
    }

    result<> take_part(const message_part& part) {
        protocol::listing_changed told;
        if (part.type != protocol::listing_changed::name || !protocol::from_json(part.body, told)) {
            return failure(errc::protocol_violation, "unexpected part in a watch of runs");
        }
        std::ranges::move(told.runs, std::back_inserter(changed_));
        std::ranges::move(told.gone, std::back_inserter(gone_));
        if (changed_.size() + gone_.size() > most_in_one_change) {
            return failure(errc::protocol_violation, "a watch of runs tells of too many");
        }
        if (told.partial) {
            return {};
        }
        if (std::exchange(first_, false)) {
            connected_ = was_connected_ = true;
            retries_.succeeded();
            memory_.take(key_, {.home = told.home,
                                .runs = std::exchange(changed_, {}),
                                .total = told.total,
                                .moment = moment_});
            memory_.set_watched(key_, true);
            wake_.cancel(); // perhaps it is invalid already
        } else {
            memory_.take_changes(key_, std::exchange(changed_, {}), gone_, told.total);
            memory_.confirm(key_);
        }
        gone_.clear();
        memory_.settle(key_, told.looked);
        return {};
    }

    // ---- what is asked of it meanwhile

    awaitable<result<>> ask_again(exchange& watching) {
        while (wanted()) {
            if (connected_ && memory_.is_invalid(key_) && asked_to_look_ < memory_.moment()) {
                asked_to_look_ = memory_.moment();
                auto sent = co_await watching.part(protocol::look_again{.number = asked_to_look_});
                if (!sent) {
                    co_return sent.error();
                }
                continue;
            }
            const auto idle_end = asked_ + owner_.idle_limit_ - clock::now();
            co_await sleep(needed_by.empty() ? idle_end : owner_.idle_limit_);
        }
        co_return result<>();
    }

    // ---- a lost link

    awaitable<void> after(failure why) {
        spdlog::info("{}", why.context);
        memory_.set_watched(key_, false, why.context);
        alone_ = judge_follow(why.kind(), was_connected_) == follow_verdict::try_again;
        const auto end = alone_ ? clock::now() + retries_.next_pause() : clock::time_point::max();
        wake_detector slept;
        struct waiting {
            machine_watch& self;
            ~waiting() { self.waiting_ = false; }
        } waits_no_longer{*this};
        waiting_ = true;
        try_now_ = false;
        while (wanted() && !try_now_ && clock::now() < end) {
            try_now_ = alone_ && slept.woke(clock::now(), std::chrono::system_clock::now());
            if (!try_now_) {
                co_await sleep(std::min<clock::duration>(end - clock::now(), wake_check));
            }
        }
    }

    // Or until something happens.
    awaitable<void> sleep(clock::duration longest) {
        wake_.expires_after(longest);
        const auto [error] = co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
        std::ignore = error; // woken or not: who waits looks again
    }

    machine_watches& owner_;
    run_memory& memory_;
    link& link_;
    std::string key_;
    asio::steady_timer wake_;
    clock::time_point asked_;
    command_context context_; // of the last command
    retry_policy retries_;
    std::optional<failure> failed_;
    std::vector<protocol::run_facts> changed_; // of a change that is told in several parts
    std::vector<std::string> gone_;
    exchange* exchange_ = nullptr;
    std::int64_t moment_ = 0; // when the listing was asked for
    std::int64_t asked_to_look_ = 0;
    bool first_ = true;
    bool connected_ = false;
    bool was_connected_ = false; // ever
    bool waiting_ = false;       // until the next try
    bool alone_ = false;         // it tries by itself then
    bool try_now_ = false;
    bool ended_ = false;
};

machine_watches::machine_watches(asio::any_io_executor executor, run_memory& memory,
                                 std::chrono::milliseconds idle_limit)
    : executor_(executor), memory_(memory), idle_limit_(idle_limit), tasks_(executor) {}

machine_watches::~machine_watches() = default;

machine_watch& machine_watches::watch_of(link& over, const command_context& context) {
    const auto key = link_key(over.to());
    auto& slot = watches_[key];
    const bool begins = !slot || slot->has_ended();
    if (begins) {
        memory_.add(key, over.to().name);
        slot = std::make_shared<machine_watch>(*this, over);
    }
    slot->asked(context); // before it begins, which may be at once
    if (begins) {
        // One whose configuration was another has been forgotten.
        for (const auto& [other, each] : watches_) {
            if (other != key && each->name() == over.to().name) {
                each->end();
            }
        }
        tasks_.spawn("watch of " + over.to().name, [one = slot] { return one->run(); });
    }
    return *slot;
}

void machine_watches::reached(link& over, const command_context& context) {
    if (!closing_) {
        watch_of(over, context).try_now(true);
    }
}

void machine_watches::recalled(link& over, const command_context& context) {
    if (!closing_) {
        watch_of(over, context).try_now(false);
    }
}

void machine_watches::failed(link& over, const command_context& context, const failure& why) {
    if (!closing_) {
        const bool known = watches_.contains(link_key(over.to()));
        auto& one = watch_of(over, context);
        if (!known) {
            one.failed(why);
        }
    }
}

void machine_watches::invalidate(link& over) {
    const auto key = link_key(over.to());
    memory_.invalidate(key);
    if (const auto found = watches_.find(key); found != watches_.end()) {
        found->second->invalidate();
    }
}

void machine_watches::need(link& over, const command_context& context, const std::string& job) {
    if (!closing_) {
        watch_of(over, context).needed_by.insert(job);
    }
}

void machine_watches::release(const std::string& job) {
    for (const auto& [key, one] : watches_) {
        one->needed_by.erase(job);
    }
}

awaitable<void> machine_watches::close() {
    closing_ = true;
    for (const auto& [key, one] : watches_) {
        one->end();
    }
    tasks_.cancel();
    co_await tasks_.join();
}

} // namespace outrider
