#include "transports/ssh/pump_turns.hpp"

#include "tests/support/in_reactor.hpp"

#include <boost/asio/steady_timer.hpp>

#include <string>

using namespace outrider;
using namespace outrider::testing;
using namespace outrider::ssh;

BOOST_AUTO_TEST_SUITE(turns_of_pumps)

BOOST_AUTO_TEST_CASE(what_is_due_meanwhile_comes_between_them) {
    std::string order;
    in_reactor([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const auto turns = std::make_shared<pump_turns>();
        asio::steady_timer due(executor);
        turns->take(executor, [&] {
            order += "1";
            due.expires_after(std::chrono::seconds(0));
            due.async_wait([&](const boost::system::error_code&) { order += "t"; });
            turns->take(executor, [&] { order += "4"; });
        });
        turns->take(executor, [&] { order += "2"; });
        turns->take(executor, [&] { order += "3"; });
        asio::steady_timer moment(executor);
        while (order.size() < 5) { // the reactor's deadline bounds it
            moment.expires_after(std::chrono::milliseconds(1));
            co_await moment.async_wait(asio::use_awaitable);
        }
    });
    BOOST_TEST(order.find('t') < order.find('3'), order);
    BOOST_TEST(order.find('3') < order.find('4'), order);
}

BOOST_AUTO_TEST_SUITE_END()
