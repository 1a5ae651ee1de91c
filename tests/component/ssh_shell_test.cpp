#include "tests/support/in_reactor.hpp"
#include "tests/support/shell.hpp"
#include "tests/support/ssh_server.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

BOOST_AUTO_TEST_SUITE(ssh_shell)

BOOST_AUTO_TEST_CASE(a_shell_runs_a_script_there_and_ends_in_order) {
    ssh_server server;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto there = server.remote_named("gpu1");
        const auto context = context_in(server.home());
        auto link = co_await wire->connect(remote_of(there), context);
        BOOST_REQUIRE_MESSAGE(link.has_value(), link.error().context);
        auto shell = co_await (*link)->open_shell();
        BOOST_REQUIRE_MESSAGE(shell.has_value(), shell.error().context);
        const auto text = co_await run_script(**shell, "echo $HOME; echo oops >&2");
        BOOST_REQUIRE_MESSAGE(text.has_value(), text.error().context);
        BOOST_TEST(*text == server.home() + "\n");
        BOOST_TEST((*shell)->diagnostics() == "oops\n");
        BOOST_TEST((*link)->alive());
        co_await (*shell)->close();
        co_await (*link)->close();
        BOOST_TEST(!(*link)->alive());
    });
}

BOOST_AUTO_TEST_SUITE_END()
