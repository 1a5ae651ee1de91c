#include "engine/reactor/task_group.hpp"

#include "engine/reactor/blocking.hpp"
#include "engine/reactor/deadline.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/retry_policy.hpp"
#include "tests/support/run_reactor.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace outrider;
using namespace outrider::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(reactor)

BOOST_AUTO_TEST_CASE(join_waits_for_every_task) {
    asio::io_context context;
    int ended = 0;
    run_reactor(context, [&]() -> awaitable<void> {
        task_group group(context.get_executor());
        for (int i = 0; i < 3; ++i) {
            group.spawn("short", [&ended]() -> awaitable<void> {
                asio::steady_timer pause(co_await asio::this_coro::executor, 2ms);
                co_await pause.async_wait(asio::use_awaitable);
                ++ended;
            });
        }
        co_await group.join();
        BOOST_TEST(group.empty());
    });
    BOOST_TEST(ended == 3);
}

BOOST_AUTO_TEST_CASE(cancel_ends_tasks_that_wait_for_ever) {
    asio::io_context context;
    run_reactor(context, [&]() -> awaitable<void> {
        task_group group(context.get_executor());
        notifier never(context.get_executor());
        bool told = false;
        group.spawn("waiter", [&]() -> awaitable<void> { told = !co_await never.wait(); });
        group.spawn("sleeper", [&]() -> awaitable<void> {
            asio::steady_timer pause(co_await asio::this_coro::executor, 1h);
            co_await pause.async_wait(asio::use_awaitable);
        });
        // One turn of the reactor, so that both wait.
        asio::steady_timer turn(context, 1ms);
        co_await turn.async_wait(asio::use_awaitable);
        group.cancel();
        co_await group.join();
        BOOST_TEST(told, "a cancelled wait says so");
    });
}

BOOST_AUTO_TEST_CASE(an_exception_of_one_task_ends_the_others_and_stays_inside) {
    asio::io_context context;
    run_reactor(context, [&]() -> awaitable<void> {
        task_group group(context.get_executor());
        notifier never(context.get_executor());
        group.spawn("waiter", [&]() -> awaitable<void> { std::ignore = co_await never.wait(); });
        group.spawn("thrower", []() -> awaitable<void> {
            throw std::runtime_error("on purpose, of a test");
            co_return;
        });
        co_await group.join();
    });
}

BOOST_AUTO_TEST_CASE(a_deadline_cancels_what_takes_too_long) {
    asio::io_context context;
    run_reactor(context, [&]() -> awaitable<void> {
        const auto slow = []() -> awaitable<result<int>> {
            asio::steady_timer pause(co_await asio::this_coro::executor, 1h);
            co_await pause.async_wait(asio::use_awaitable);
            co_return 1;
        };
        const auto quick = []() -> awaitable<result<int>> { co_return 2; };
        const auto late = co_await with_deadline(slow(), 5ms, "too slow");
        BOOST_CHECK(late.error() == failure(errc::timed_out, "too slow"));
        BOOST_TEST((co_await with_deadline(quick(), 1h, "")).value() == 2);
    });
}

BOOST_AUTO_TEST_CASE(blocking_work_does_not_hold_the_reactor) {
    asio::io_context context;
    run_reactor(context, [&]() -> awaitable<void> {
        const auto reactor_thread = std::this_thread::get_id();
        const auto other = co_await run_blocking([] { return std::this_thread::get_id(); });
        BOOST_TEST((other != reactor_thread));
        BOOST_TEST((std::this_thread::get_id() == reactor_thread));
    });
}

BOOST_AUTO_TEST_CASE(a_task_cancelled_during_blocking_work_waits_for_its_end) {
    asio::io_context context;
    int ended = 0;
    const auto body = [&]() -> awaitable<void> {
        for (int round = 0; round < 300; ++round) {
            task_group group(context.get_executor());
            for (int i = 0; i < 4; ++i) {
                group.spawn("blocked", [&ended]() -> awaitable<void> {
                    auto count = std::make_shared<int>(0);
                    std::ignore = co_await run_blocking([count] { return ++*count; });
                    ended += *count;
                });
            }
            asio::steady_timer turn(context, std::chrono::microseconds(round));
            co_await turn.async_wait(asio::use_awaitable);
            group.cancel();
            co_await group.join();
        }
    };
    run_reactor(context, body);
    BOOST_TEST(ended > 0);
}

BOOST_AUTO_TEST_CASE(pauses_grow_and_stay_bounded_and_start_anew_after_success) {
    retry_policy policy;
    for (int i = 0; i < 20; ++i) {
        const auto longest = std::min(500ms * (1 << std::min(i, 6)), 30'000ms);
        const auto pause = policy.next_pause();
        BOOST_TEST(pause.count() >= longest.count() / 2);
        BOOST_TEST(pause.count() <= longest.count());
    }
    policy.succeeded();
    BOOST_TEST(policy.next_pause().count() <= 500);
    BOOST_TEST(!retry_policy::worth_a_retry(errc::authentication_failed));
    BOOST_TEST(!retry_policy::worth_a_retry(errc::host_key_changed));
    BOOST_TEST(retry_policy::worth_a_retry(errc::connect_failed));
}

BOOST_AUTO_TEST_SUITE_END()
