#include "transports/ssh/handshake_slots.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <random>

namespace outrider::ssh {
namespace {

/// Those who waited do not start in the same instant.
std::chrono::milliseconds jitter() {
    static std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<int> spread(0, 20);
    return std::chrono::milliseconds(spread(random));
}

} // namespace

awaitable<result<std::shared_ptr<handshake_slots::slot>>>
handshake_slots::acquire(std::string server, std::string through) {
    auto& at = servers_[server];
    // A server that says nothing turns nobody away: all may find that out at the same time.
    while (at.held >= static_cast<int>(at.room) && at.silent == 0) {
        if (!co_await waiting_.wait()) {
            co_return failure(errc::cancelled, "cancelled");
        }
    }
    const auto granted = std::make_shared<slot>(co_await asio::this_coro::executor, *this,
                                                std::move(server), std::move(through));
    granted->watch_silence();
    co_return granted;
}

bool handshake_slots::answers(const std::string& server) const {
    const auto found = servers_.find(server);
    return found != servers_.end() && found->second.secured != clock::time_point() &&
           clock::now() - found->second.secured < std::chrono::seconds(5);
}

handshake_slots::slot::slot(const asio::any_io_executor& executor, handshake_slots& owner,
                            std::string server, std::string through)
    : owner_(owner), at_(owner.servers_[std::move(server)]), through_(std::move(through)),
      silence_(executor) {
    ++at_.held;
}

handshake_slots::slot::~slot() {
    --(silent_ ? at_.silent : at_.held);
    end_turn();
    owner_.waiting_.wake_all();
}

// However it ends: one that was given up after a long time asks for fewer at once as well.
void handshake_slots::slot::end_turn() {
    if (entered_ && !paused_) {
        count_in_all(-1);
        if (heard_) {
            owner_.room_in_all_.took(began_, clock::now(), owner_.in_all_);
        }
    }
}

void handshake_slots::slot::watch_silence() {
    silence_.expires_after(hesitation_);
    silence_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        if (const auto self = weak.lock(); self && !error && !self->heard_) {
            self->hesitate();
        }
    });
}

void handshake_slots::slot::hesitate() {
    if (std::exchange(entered_, false)) {
        count_in_all(-1);
        owner_.waiting_.wake_all();
    }
    silence_.expires_after(silence_limit - hesitation_);
    silence_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        if (const auto self = weak.lock(); self && !error && !self->heard_) {
            self->fall_silent();
        }
    });
}

void handshake_slots::slot::fall_silent() {
    silent_ = true;
    --at_.held;
    ++at_.silent;
    owner_.waiting_.wake_all();
}

void handshake_slots::slot::heard() {
    heard_ = true;
    silence_.cancel();
    if (std::exchange(silent_, false)) {
        // The server counts this connection already, whatever we would like.
        --at_.silent;
        ++at_.held;
    }
}

void handshake_slots::slot::count_in_all(int change) {
    owner_.in_all_ += change;
    if (!through_.empty()) {
        owner_.through_[through_] += change;
    }
}

awaitable<bool> handshake_slots::slot::enter(int limit) {
    if (entered_) {
        co_return true;
    }
    const auto full = [&] {
        return owner_.in_all_ >= std::min(owner_.room_in_all_.room(), std::max(limit, 1)) ||
               (!through_.empty() && owner_.through_[through_] >= through_one_jump_host);
    };
    while (full()) {
        if (!co_await owner_.waiting_.wait()) {
            co_return false;
        }
        if (!through_.empty()) {
            asio::steady_timer moment(silence_.get_executor(), jitter());
            const auto [error] = co_await moment.async_wait(asio::as_tuple(asio::use_awaitable));
            if (error) {
                co_return false;
            }
        }
    }
    entered_ = true;
    began_ = clock::now();
    count_in_all(+1);
    if (!heard_) {
        watch_silence(); // waiting for the turn was not the server's silence
    }
    co_return true;
}

void handshake_slots::slot::pause() {
    if (entered_ && !std::exchange(paused_, true)) {
        paused_at_ = clock::now();
        count_in_all(-1);
        owner_.waiting_.wake_all();
    }
}

void handshake_slots::slot::resume() {
    if (std::exchange(paused_, false)) {
        began_ += clock::now() - paused_at_;
        count_in_all(+1);
    }
}

void handshake_slots::slot::secured() {
    heard();
    at_.secured = clock::now();
    // Slowly back to the full number: what turned us away may have been a passing crowd.
    at_.room = std::min<double>(at_.room + 1.0 / at_.room, to_one_server);
}

void handshake_slots::slot::turned_away() {
    // Those that were turned away together say it once: the room is what was held, less this one.
    at_.room = std::clamp<double>(at_.held - 1, 1, at_.room);
}

} // namespace outrider::ssh
