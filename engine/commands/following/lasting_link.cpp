#include "engine/commands/following/lasting_link.hpp"

#include "engine/remotes/wake_detector.hpp"

#include <boost/asio/use_awaitable.hpp>

namespace outrider {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// A link that held so long is a good one, whatever came over it.
constexpr auto good_time = 60s;
// How often a pause looks whether the machine slept: then it is over.
constexpr auto sleep_look = 1s;

} // namespace

awaitable<result<std::shared_ptr<agent_client>>> lasting_link::agent() {
    while (trying_ && !ended_) {
        if (!co_await changed_.wait()) {
            co_return failure(errc::cancelled, at_.remote + ": cancelled");
        }
    }
    if (ended_) {
        co_return failure(errc::cancelled, at_.remote + ": interrupted");
    }
    trying_ = true;
    // Whatever way this ends, also by cancellation, the others must be woken.
    struct finish {
        lasting_link& self;
        ~finish() {
            self.trying_ = false;
            self.changed_.notify();
        }
    } finish_on_exit{*this};
    while (!ended_ && !given_up_) {
        if (lost_) {
            co_await pause();
        }
        if (ended_) {
            break;
        }
        auto agent = co_await session_.agent(at_);
        if (agent) {
            come_back();
            co_return agent;
        }
        lose(agent.error());
        if (!retry_policy::worth_a_retry(agent.error().kind())) {
            given_up_ = agent.error();
        }
    }
    co_return ended_ ? failure(errc::cancelled, at_.remote + ": interrupted") : *given_up_;
}

awaitable<void> lasting_link::pause() {
    const auto over = clock::now() + retries_.next_pause();
    wake_detector sleep;
    while (!ended_ && clock::now() < over &&
           !sleep.woke(clock::now(), std::chrono::system_clock::now())) {
        pause_.expires_at(std::min<clock::time_point>(over, clock::now() + sleep_look));
        std::ignore = co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void lasting_link::lose(const failure& why) {
    if (up_since_ && clock::now() - *up_since_ >= good_time) {
        retries_.succeeded();
    }
    up_since_.reset();
    if (!lost_ && !ended_ && retry_policy::worth_a_retry(why.kind())) {
        lost_ = true;
        session_.emit(note{.warning = true, .text = why.context + "; trying again"});
    }
}

void lasting_link::come_back() {
    if (!up_since_) {
        up_since_ = clock::now();
    }
    if (lost_) {
        lost_ = false;
        session_.emit(note{.text = "The link to " + at_.remote + " is back"});
    }
}

void lasting_link::end() {
    ended_ = true;
    pause_.cancel();
    changed_.notify();
}

} // namespace outrider
