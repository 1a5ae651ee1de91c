#include "transports/ssh/handshake_slots.hpp"

#include "engine/reactor/task_group.hpp"
#include "tests/support/in_reactor.hpp"

#include <boost/asio/steady_timer.hpp>

#include <vector>

using namespace outrider;
using namespace outrider::testing;
using namespace outrider::ssh;
using place_ptr = std::shared_ptr<handshake_slots::slot>;

namespace {

awaitable<place_ptr> place_at(handshake_slots& slots, const std::string& server) {
    auto place = co_await slots.acquire(server, "");
    BOOST_REQUIRE(place.has_value());
    co_return std::move(*place);
}

/// Everything that can go on without anybody's further help has gone on.
awaitable<void> settled() {
    for (int turn = 0; turn < 10; ++turn) {
        asio::steady_timer now(co_await asio::this_coro::executor, std::chrono::milliseconds(0));
        co_await now.async_wait(asio::use_awaitable);
    }
}

/// Takes places one after the other, as far as there are any.
class taker {
  public:
    explicit taker(const asio::any_io_executor& executor) : tasks_(executor) {}
    void take(handshake_slots& slots, int count, int limit) {
        for (int number = 0; number < count; ++number) {
            tasks_.spawn("take", [this, &slots, limit]() -> awaitable<void> {
                auto place = co_await slots.acquire("server", "");
                if (!place) {
                    co_return; // cancelled
                }
                (*place)->heard();
                if (co_await (*place)->enter(limit)) {
                    taken.push_back(std::move(*place));
                }
            });
        }
    }
    awaitable<void> end() {
        tasks_.cancel();
        co_await tasks_.join();
        taken.clear();
    }
    std::vector<place_ptr> taken;

  private:
    task_group tasks_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(handshake_places)

BOOST_AUTO_TEST_CASE(a_server_gets_eight_and_the_next_when_one_ends) {
    in_reactor([]() -> awaitable<void> {
        handshake_slots slots;
        taker crowd(co_await asio::this_coro::executor);
        crowd.take(slots, 10, 32);
        co_await settled();
        BOOST_TEST(crowd.taken.size() == 8U);
        crowd.taken.pop_back();
        co_await settled();
        BOOST_TEST(crowd.taken.size() == 8U);
        crowd.taken.clear();
        co_await settled();
        BOOST_TEST(crowd.taken.size() == 1U);
        co_await crowd.end();
    });
}

BOOST_AUTO_TEST_CASE(the_number_in_all_is_each_waiters_own) {
    in_reactor([]() -> awaitable<void> {
        handshake_slots slots;
        taker modest(co_await asio::this_coro::executor);
        taker bold(co_await asio::this_coro::executor);
        modest.take(slots, 3, 1);
        co_await settled();
        BOOST_TEST(modest.taken.size() == 1U);
        bold.take(slots, 3, 3);
        co_await settled();
        BOOST_TEST(bold.taken.size() == 2U);
        co_await bold.end();
        co_await settled();
        BOOST_TEST(modest.taken.size() == 1U);
        co_await modest.end();
    });
}

BOOST_AUTO_TEST_CASE(who_hears_nothing_lets_others_go_first) {
    in_reactor([]() -> awaitable<void> {
        handshake_slots slots;
        const auto silent = co_await place_at(slots, "away");
        BOOST_TEST((co_await silent->enter(1)));
        auto quick = co_await place_at(slots, "here");
        BOOST_TEST((co_await quick->enter(1))); // once the first has been silent for a moment
        quick->heard();
        silent->heard(); // now it speaks, and waits for its turn
        task_group tasks(co_await asio::this_coro::executor);
        bool entered = false;
        tasks.spawn("enter", [&]() -> awaitable<void> { entered = co_await silent->enter(1); });
        co_await settled();
        BOOST_TEST(!entered);
        quick.reset();
        co_await tasks.join();
        BOOST_TEST(entered);
    });
}

BOOST_AUTO_TEST_CASE(while_a_person_is_asked_another_goes_on) {
    in_reactor([]() -> awaitable<void> {
        handshake_slots slots;
        taker crowd(co_await asio::this_coro::executor);
        crowd.take(slots, 2, 1);
        co_await settled();
        BOOST_REQUIRE(crowd.taken.size() == 1U);
        crowd.taken[0]->pause();
        co_await settled();
        BOOST_TEST(crowd.taken.size() == 2U);
        crowd.taken[0]->resume();
        co_await crowd.end();
        crowd.take(slots, 1, 1);
        co_await settled();
        BOOST_TEST(crowd.taken.size() == 1U); // everything was given back, once
        co_await crowd.end();
    });
}

BOOST_AUTO_TEST_CASE(a_server_that_turns_away_gets_fewer_and_more_again_when_it_accepts) {
    in_reactor([]() -> awaitable<void> {
        handshake_slots slots;
        taker crowd(co_await asio::this_coro::executor);
        crowd.take(slots, 8, 32);
        co_await settled();
        BOOST_REQUIRE(crowd.taken.size() == 8U);
        while (crowd.taken.size() > 2) { // six of eight were dropped
            crowd.taken.back()->turned_away();
            crowd.taken.pop_back();
        }
        crowd.take(slots, 4, 32);
        co_await settled();
        BOOST_TEST(crowd.taken.size() == 2U);
        for (int round = 0; round < 3; ++round) {
            crowd.taken[0]->secured();
        }
        BOOST_TEST(slots.answers("server"));
        crowd.taken.erase(crowd.taken.begin());
        co_await settled();
        BOOST_TEST(crowd.taken.size() == 3U);
        co_await crowd.end();
    });
}

BOOST_AUTO_TEST_CASE(a_silent_server_keeps_nobody_waiting_until_it_speaks) {
    in_reactor([]() -> awaitable<void> {
        handshake_slots slots;
        std::vector<place_ptr> silent;
        for (int number = 0; number < 8; ++number) {
            silent.push_back(co_await place_at(slots, "server"));
        }
        // The ninth comes through once the first was silent for two seconds, and so do all.
        for (int number = 0; number < 20; ++number) {
            silent.push_back(co_await place_at(slots, "server"));
        }
        for (const auto& each : silent) {
            each->heard();
        }
        taker late(co_await asio::this_coro::executor);
        late.take(slots, 1, 32);
        co_await settled();
        BOOST_TEST(late.taken.empty());
        silent.resize(7);
        co_await settled();
        BOOST_TEST(late.taken.size() == 1U);
        co_await late.end();
    });
}

BOOST_AUTO_TEST_CASE(slow_connections_are_made_fewer_at_once_and_quick_ones_more_again) {
    using namespace std::chrono_literals;
    const admission_room::clock::time_point start(1h);
    admission_room at;
    at.took(start, start + 500ms, 31);
    BOOST_TEST(at.room() == admission_room::most);
    at.took(start, start + 3s, 31); // 32 were too many
    BOOST_TEST(at.room() == 16);
    at.took(start + 1s, start + 4s, 30); // it was one of them
    BOOST_TEST(at.room() == 16);
    at.took(start + 3s, start + 5s, 15); // neither
    BOOST_TEST(at.room() == 16);
    at.took(start + 3s, start + 6s, 15);
    BOOST_TEST(at.room() == 8);
    for (int i = 1; i < 9; ++i) {
        at.took(start + 6s + i * 10s, start + 16s + i * 10s, 0);
    }
    BOOST_TEST(at.room() == admission_room::least);
    at.took(start + 100s, start + 100s + 500ms, 3);
    BOOST_TEST(at.room() == admission_room::least + 1);
}

BOOST_AUTO_TEST_SUITE_END()
