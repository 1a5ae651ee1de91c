#include "transports/ssh/shared_work.hpp"

#include "engine/reactor/task_group.hpp"
#include "tests/support/in_reactor.hpp"

#include <vector>

using namespace outrider;
using namespace outrider::testing;
using namespace outrider::ssh;

namespace {

/// Work that ends when it is told to.
struct scene {
    explicit scene(const asio::any_io_executor& executor) : told(executor) {}

    awaitable<void> ask() {
        const auto got = co_await work.run([this]() -> awaitable<result<int>> {
            const int number = ++begun;
            if (!co_await told.wait()) {
                co_return failure(errc::cancelled, "cancelled");
            }
            co_return broken ? result<int>(failure(errc::io_failed, "broken")) : number;
        });
        outcomes.push_back(got);
    }

    shared_work<int> work;
    notifier told;
    int begun = 0;
    bool broken = false;
    std::vector<result<int>> outcomes;
};

awaitable<void> settled() {
    for (int turn = 0; turn < 10; ++turn) {
        asio::steady_timer now(co_await asio::this_coro::executor, std::chrono::milliseconds(0));
        co_await now.async_wait(asio::use_awaitable);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(work_that_is_shared)

BOOST_AUTO_TEST_CASE(one_does_it_for_all_and_who_comes_later_begins_anew) {
    in_reactor([]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        scene of(executor);
        for (const bool broken : {false, true}) {
            of.outcomes.clear();
            of.broken = broken;
            task_group askers(executor);
            for (int number = 0; number < 3; ++number) {
                askers.spawn("ask", [&] { return of.ask(); });
            }
            co_await settled();
            of.told.notify();
            co_await askers.join();
            BOOST_TEST(of.outcomes.size() == 3U);
            for (const auto& each : of.outcomes) {
                BOOST_TEST(each.has_error() == broken);
            }
            BOOST_TEST(of.work.idle());
        }
        BOOST_TEST(of.begun == 2);
    });
}

BOOST_AUTO_TEST_CASE(when_the_one_who_does_it_is_cancelled_another_takes_over) {
    in_reactor([]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        scene of(executor);
        task_group first(executor);
        task_group others(executor);
        first.spawn("ask", [&] { return of.ask(); });
        co_await settled();
        others.spawn("ask", [&] { return of.ask(); });
        others.spawn("ask", [&] { return of.ask(); });
        co_await settled();
        BOOST_TEST(of.begun == 1);
        first.cancel();
        co_await first.join();
        co_await settled();
        BOOST_TEST(of.begun == 2);
        of.outcomes.clear();
        of.told.notify();
        co_await others.join();
        BOOST_REQUIRE_EQUAL(of.outcomes.size(), 2U);
        for (const auto& each : of.outcomes) {
            BOOST_TEST((each && *each == 2));
        }
    });
}

BOOST_AUTO_TEST_CASE(one_who_gives_up_waiting_leaves_the_work_alone) {
    in_reactor([]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        scene of(executor);
        task_group first(executor);
        task_group other(executor);
        first.spawn("ask", [&] { return of.ask(); });
        co_await settled();
        other.spawn("ask", [&] { return of.ask(); });
        co_await settled();
        other.cancel();
        co_await other.join();
        of.outcomes.clear();
        of.told.notify();
        co_await first.join();
        BOOST_REQUIRE_EQUAL(of.outcomes.size(), 1U);
        BOOST_TEST(of.outcomes[0].has_value());
        BOOST_TEST(of.begun == 1);
    });
}

BOOST_AUTO_TEST_SUITE_END()
