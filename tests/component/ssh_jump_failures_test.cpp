// Jump hosts that break, refuse, fall silent or are not who they should be, and what that means for
// those behind them.
#include "tests/support/black_hole.hpp"
#include "tests/support/in_reactor.hpp"
#include "tests/support/ssh_farm.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// A coroutine beside the test that connects, and what became of it.
struct attempt {
    task_group tasks;
    std::optional<connected> outcome;
    attempt(const asio::any_io_executor& executor, transport& wire, const ssh_remote& there,
            const connect_context& context)
        : tasks(executor) {
        tasks.spawn("connect", [&, there, context]() -> awaitable<void> {
            outcome.emplace(co_await wire.connect(remote_of(there), context));
        });
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_jump_failures)

BOOST_AUTO_TEST_CASE(when_the_one_who_makes_the_session_is_cancelled_another_goes_on) {
    two_machines machines;
    machines.outer.freeze();
    in_reactor([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const auto wire = make_ssh_transport();
        attempt first(executor, *wire, machines.of.gpu(1), machines.context);
        attempt second(executor, *wire, machines.of.gpu(2), machines.context);
        attempt third(executor, *wire, machines.of.gpu(3), machines.context);
        co_await a_moment(); // the first waits for the jump host, the others for the first
        first.tasks.cancel();
        co_await first.tasks.join();
        machines.outer.thaw();
        co_await second.tasks.join();
        co_await third.tasks.join();
        for (auto* each : {&second, &third}) {
            BOOST_REQUIRE(each->outcome.has_value());
            BOOST_TEST(each->outcome->has_value());
            BOOST_TEST((co_await answers(***each->outcome)));
            co_await (**each->outcome)->close();
        }
        co_await wire->close();
    });
    BOOST_TEST(logins(machines.outer) == 1U);
}

BOOST_AUTO_TEST_CASE(a_broken_session_takes_its_links_along_and_is_made_anew) {
    two_machines machines;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto links = co_await connect_all(*wire, machines.of.gpus(3), machines.context);
        BOOST_REQUIRE(links[0].has_value());
        auto shell = co_await (*links[0])->open_shell();
        BOOST_TEST((co_await run_script(**shell, "echo up")).has_value());
        machines.outer.kill_sessions();
        std::array<char, 64> piece;
        const auto got = co_await (*shell)->read_some(piece);
        BOOST_REQUIRE(got.has_error());
        BOOST_TEST((got.error().kind() == errc::connect_failed));
        BOOST_TEST(!(*links[0])->alive());
        co_await use_and_close(co_await connect_all(*wire, machines.of.gpus(3), machines.context));
        co_await wire->close();
    });
    BOOST_TEST(logins(machines.outer) == 2U);
}

BOOST_AUTO_TEST_CASE(a_session_that_froze_is_replaced) {
    two_machines machines;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = machines.context;
        auto first = co_await wire->connect(remote_of(machines.of.gpu(1)), context);
        BOOST_REQUIRE(first.has_value());
        machines.outer.freeze_sessions();
        context.timeout = std::chrono::seconds(4);
        const auto second = co_await wire->connect(remote_of(machines.of.gpu(2)), context);
        BOOST_REQUIRE(second.has_error());
        BOOST_TEST((second.error().kind() == errc::timed_out));
        BOOST_TEST(second.error().context == "gpu2: jump host outer: no sign of life any more");
        co_await use_and_close(co_await connect_all(*wire, machines.of.gpus(2), machines.context));
        BOOST_TEST(!(*first)->alive());
        co_await wire->close();
    });
    machines.outer.thaw_sessions();
}

BOOST_AUTO_TEST_CASE(a_channel_that_is_refused_is_the_error_of_one_remote_only) {
    ssh_server inner;
    ssh_server hidden;
    ssh_server outer({.config_lines = {"PermitOpen 127.0.0.1:" + std::to_string(inner.port())}});
    const farm of(inner.config_block("inner") + "  ProxyJump outer\n" +
                  hidden.config_block("hidden") + "  ProxyJump outer\n" +
                  outer.config_block("outer"));
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto context = context_in(inner.home());
        auto first = co_await wire->connect(remote_of(of.gpu(1)), context);
        BOOST_REQUIRE(first.has_value());
        const auto second = co_await wire->connect(remote_of(of.gpu(2, "hidden")), context);
        BOOST_REQUIRE(second.has_error());
        const auto& text = second.error().context;
        BOOST_TEST(text.find("gpu2: jump host outer: jump to 127.0.0.1 port ") == 0U, text);
        BOOST_TEST(text.find("see AllowTcpForwarding and PermitOpen there") != std::string::npos,
                   text);
        BOOST_TEST((co_await answers(**first)));
        auto third = co_await wire->connect(remote_of(of.gpu(3)), context);
        BOOST_TEST(third.has_value());
        co_await wire->close();
    });
    BOOST_TEST(logins(outer) == 1U);
}

BOOST_AUTO_TEST_CASE(a_silent_machine_behind_a_jump_host_keeps_the_others_not_waiting) {
    ssh_server inner;
    ssh_server outer;
    const black_hole nowhere;
    std::string silent = inner.config_block("silent");
    silent.replace(silent.find(std::to_string(inner.port())), std::to_string(inner.port()).size(),
                   std::to_string(nowhere.port()));
    const farm of(inner.config_block("inner") + "  ProxyJump outer\n" + silent +
                  "  ProxyJump outer\n" + outer.config_block("outer"));
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(inner.home());
        context.timeout = std::chrono::seconds(6);
        auto remotes = of.gpus(6);
        for (int number = 7; number <= 30; ++number) {
            remotes.push_back(of.gpu(number, "silent"));
        }
        auto outcomes = co_await connect_all(*wire, remotes, context);
        for (std::size_t at = 6; at < outcomes.size(); ++at) {
            BOOST_REQUIRE(outcomes[at].has_error());
            BOOST_TEST((outcomes[at].error().kind() == errc::timed_out),
                       outcomes[at].error().context);
        }
        outcomes.resize(6);
        co_await use_and_close(std::move(outcomes));
        co_await wire->close();
    });
    BOOST_TEST(logins(outer) == 1U);
}

BOOST_AUTO_TEST_CASE(a_wrong_host_key_of_a_hop_stops_all_behind_it) {
    ssh_server inner;
    ssh_server middle;
    ssh_server outer;
    const farm of(inner.config_block("inner") + "  ProxyJump outer,middle\n" +
                  middle.config_block("middle") + outer.config_block("outer"));
    middle.kill();
    middle.change_host_key();
    middle.start();
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto outcomes = co_await connect_all(*wire, of.gpus(4), context_in(inner.home()));
        for (std::size_t at = 0; at < outcomes.size(); ++at) {
            BOOST_REQUIRE(outcomes[at].has_error());
            BOOST_TEST((outcomes[at].error().kind() == errc::host_key_changed));
            const std::string start =
                "gpu" + std::to_string(at + 1) + ": jump host middle: host key: ";
            BOOST_TEST(outcomes[at].error().context.find(start) == 0U,
                       outcomes[at].error().context);
        }
        co_await wire->close();
    });
    BOOST_TEST(logins(outer) == 1U);
    BOOST_TEST(logins(middle) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
