// Jump hosts: one session each, shared by all behind them.
#include "tests/support/in_reactor.hpp"
#include "tests/support/ssh_farm.hpp"
#include "tests/support/ssh_key_agent.hpp"
#include "transports/ssh/connector.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

BOOST_AUTO_TEST_SUITE(ssh_jumps)

BOOST_AUTO_TEST_CASE(ten_remotes_share_one_session_of_their_jump_host) {
    two_machines machines;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        co_await use_and_close(co_await connect_all(*wire, machines.of.gpus(10), machines.context));
        // And so do those who come a little later.
        co_await use_and_close(co_await connect_all(*wire, machines.of.gpus(2), machines.context));
        co_await wire->close();
    });
    BOOST_TEST(logins(machines.inner) == 12U);
    BOOST_TEST(logins(machines.outer) == 1U);
}

BOOST_AUTO_TEST_CASE(each_of_several_hops_has_one_session) {
    ssh_server inner;
    ssh_server middle;
    ssh_server outer;
    // The list and the chain mean the same way.
    for (const bool chained : {false, true}) {
        const farm of(inner.config_block("inner") +
                      (chained ? "  ProxyJump middle\n" : "  ProxyJump outer,middle\n") +
                      middle.config_block("middle") + (chained ? "  ProxyJump outer\n" : "") +
                      outer.config_block("outer"));
        const auto before = std::pair(logins(middle), logins(outer));
        in_reactor([&]() -> awaitable<void> {
            const auto wire = make_ssh_transport();
            const auto context = context_in(inner.home());
            co_await use_and_close(co_await connect_all(*wire, of.gpus(10), context));
            co_await wire->close();
        });
        BOOST_TEST(logins(middle) == before.first + 1);
        BOOST_TEST(logins(outer) == before.second + 1);
    }
}

BOOST_AUTO_TEST_CASE(a_circle_of_jumps_is_told_as_such) {
    ssh_server inner;
    ssh_server outer;
    const farm of(inner.config_block("inner") + "  ProxyJump outer\n" +
                  outer.config_block("outer") + "  ProxyJump inner\n");
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto link = co_await wire->connect(remote_of(of.gpu(1)), context_in(inner.home()));
        BOOST_REQUIRE(link.has_error());
        BOOST_TEST(link.error().context == "gpu1: ProxyJump leads in a circle");
    });
}

BOOST_AUTO_TEST_CASE(a_jump_host_asks_once_and_by_its_name) {
    ssh_server inner;
    ssh_server outer;
    std::string unknown = outer.config_block("outer");
    unknown += "  StrictHostKeyChecking ask\n";
    write_file(outer.known_hosts(), "");
    const farm of(inner.config_block("inner") + "  ProxyJump outer\n" + unknown);
    std::vector<std::string> asked;
    std::string reply = "no";
    auto context = context_in(inner.home());
    context.ask = [&](secret_question q) -> awaitable<result<std::string>> {
        asked.push_back(q.remote);
        co_await a_moment(); // all have come to where they wait
        co_return reply;
    };
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        for (const auto& each : co_await connect_all(*wire, of.gpus(10), context)) {
            BOOST_REQUIRE(each.has_error());
            BOOST_TEST((each.error().kind() == errc::host_key_unknown));
        }
        BOOST_TEST(asked == std::vector<std::string>{"jump host outer"},
                   boost::test_tools::per_element());
        reply = "yes";
        co_await use_and_close(co_await connect_all(*wire, of.gpus(10), context));
        co_await wire->close();
    });
    BOOST_TEST(asked.size() == 2U);
    BOOST_TEST(logins(outer) == 1U);
}

BOOST_AUTO_TEST_CASE(a_session_that_nobody_uses_ends) {
    two_machines machines;
    in_reactor([&]() -> awaitable<void> {
        ssh::connection_memory memory{.jumps = ssh::jump_sessions(std::chrono::milliseconds(50))};
        const auto there = machines.of.gpu(1);
        auto link = co_await ssh::connector(memory, there, machines.context).run();
        BOOST_REQUIRE(link.has_value());
        co_await a_moment();
        BOOST_TEST(memory.jumps.count() == 1U); // in use, however quiet
        co_await (*link)->close();
        asio::steady_timer timer(co_await asio::this_coro::executor);
        while (memory.jumps.count() > 0) { // the reactor's deadline bounds it
            timer.expires_after(std::chrono::milliseconds(5));
            co_await timer.async_wait(asio::use_awaitable);
        }
        co_await memory.jumps.close();
    });
}

BOOST_AUTO_TEST_CASE(a_jump_host_that_only_a_child_ssh_can_reach_is_shared_as_well) {
    ssh_server inner;
    ssh_server outer;
    const ssh_key_agent agent;
    for (const auto* each : {&inner, &outer}) {
        write_file(each->authorized_keys(), agent.public_key());
    }
    std::string config =
        inner.config_block("inner") + "  ProxyJump outer\n" + outer.config_block("outer");
    for (auto at = config.find("IdentitiesOnly yes"); at != std::string::npos;
         at = config.find("IdentitiesOnly yes")) {
        config.replace(at, 18, "IdentitiesOnly no");
    }
    std::filesystem::remove(inner.user_key());
    std::filesystem::remove(outer.user_key());
    const farm of(config);
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(inner.home());
        context.environment["SSH_AUTH_SOCK"] = agent.socket();
        context.timeout = std::chrono::seconds(30);
        co_await use_and_close(co_await connect_all(*wire, of.gpus(6), context));
        co_await wire->close();
    });
    BOOST_TEST(logins(inner) == 6U);
    BOOST_TEST(logins(outer) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
