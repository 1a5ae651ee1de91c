// Jump hosts: one session each, shared by all behind them.
#include "tests/support/black_hole.hpp"
#include "tests/support/connect_all.hpp"
#include "tests/support/in_reactor.hpp"
#include "tests/support/ssh_server.hpp"
#include "transports/ssh/connector.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// Remotes gpu1, gpu2, … behind jump hosts, as one ssh configuration describes them.
class farm {
  public:
    explicit farm(std::string config) { write_file(config_, config); }

    [[nodiscard]] remote gpu(int number, const std::string& alias = "inner") const {
        remote there;
        there.name = "gpu" + std::to_string(number);
        there.type = "ssh";
        there.host = alias;
        there.ssh_config = config_;
        return there;
    }
    [[nodiscard]] std::vector<remote> gpus(int count) const {
        std::vector<remote> all;
        for (int number = 1; number <= count; ++number) {
            all.push_back(gpu(number));
        }
        return all;
    }

  private:
    temporary_directory directory_;
    std::string config_ = directory_ / "config";
};

std::size_t logins(const ssh_server& server) {
    return count_of(server.log(), "Accepted publickey");
}

/// A coroutine beside the test that connects, and what became of it.
struct attempt {
    task_group tasks;
    std::optional<connected> outcome;
    attempt(const asio::any_io_executor& executor, transport& wire, const remote& there,
            const connect_context& context)
        : tasks(executor) {
        tasks.spawn("connect", [&, there, context]() -> awaitable<void> {
            outcome.emplace(co_await wire.connect(there, context));
        });
    }
};

awaitable<void> a_moment() {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(300));
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_jumps)

BOOST_AUTO_TEST_CASE(ten_remotes_share_one_session_of_their_jump_host) {
    ssh_server inner;
    ssh_server outer;
    const farm of(inner.config_block("inner") + "  ProxyJump outer\n" +
                  outer.config_block("outer"));
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto context = context_in(inner.home());
        co_await use_and_close(co_await connect_all(*wire, of.gpus(10), context));
        // And so do those who come a little later.
        co_await use_and_close(co_await connect_all(*wire, of.gpus(2), context));
        co_await wire->close();
    });
    BOOST_TEST(logins(inner) == 12U);
    BOOST_TEST(logins(outer) == 1U);
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
        const auto link = co_await wire->connect(of.gpu(1), context_in(inner.home()));
        BOOST_REQUIRE(link.has_error());
        BOOST_TEST(link.error().context == "gpu1: ProxyJump leads in a circle");
    });
}

BOOST_AUTO_TEST_CASE(when_the_one_who_makes_the_session_is_cancelled_another_goes_on) {
    ssh_server inner;
    ssh_server outer;
    const farm of(inner.config_block("inner") + "  ProxyJump outer\n" +
                  outer.config_block("outer"));
    outer.freeze();
    in_reactor([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const auto wire = make_ssh_transport();
        const auto context = context_in(inner.home());
        attempt first(executor, *wire, of.gpu(1), context);
        attempt second(executor, *wire, of.gpu(2), context);
        attempt third(executor, *wire, of.gpu(3), context);
        co_await a_moment(); // the first waits for the jump host, the others for the first
        first.tasks.cancel();
        co_await first.tasks.join();
        outer.thaw();
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
    BOOST_TEST(logins(outer) == 1U);
}

BOOST_AUTO_TEST_CASE(a_broken_session_takes_its_links_along_and_is_made_anew) {
    ssh_server inner;
    ssh_server outer;
    const farm of(inner.config_block("inner") + "  ProxyJump outer\n" +
                  outer.config_block("outer"));
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto context = context_in(inner.home());
        auto links = co_await connect_all(*wire, of.gpus(3), context);
        BOOST_REQUIRE(links[0].has_value());
        auto shell = co_await (*links[0])->open_shell();
        BOOST_TEST((co_await run_script(**shell, "echo up")).has_value());
        outer.kill_sessions();
        std::array<char, 64> piece;
        const auto got = co_await (*shell)->read_some(piece);
        BOOST_REQUIRE(got.has_error());
        BOOST_TEST((got.error().kind() == errc::connect_failed));
        BOOST_TEST(!(*links[0])->alive());
        co_await use_and_close(co_await connect_all(*wire, of.gpus(3), context));
        co_await wire->close();
    });
    BOOST_TEST(logins(outer) == 2U);
}

BOOST_AUTO_TEST_CASE(a_session_that_froze_is_replaced) {
    ssh_server inner;
    ssh_server outer;
    const farm of(inner.config_block("inner") + "  ProxyJump outer\n" +
                  outer.config_block("outer"));
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(inner.home());
        auto first = co_await wire->connect(of.gpu(1), context);
        BOOST_REQUIRE(first.has_value());
        outer.freeze_sessions();
        context.timeout = std::chrono::seconds(4);
        const auto second = co_await wire->connect(of.gpu(2), context);
        BOOST_REQUIRE(second.has_error());
        BOOST_TEST((second.error().kind() == errc::timed_out));
        BOOST_TEST(second.error().context == "gpu2: jump host outer: no sign of life any more");
        co_await use_and_close(co_await connect_all(*wire, of.gpus(2), context_in(inner.home())));
        BOOST_TEST(!(*first)->alive());
        co_await wire->close();
    });
    outer.thaw_sessions();
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
        auto first = co_await wire->connect(of.gpu(1), context);
        BOOST_REQUIRE(first.has_value());
        const auto second = co_await wire->connect(of.gpu(2, "hidden"), context);
        BOOST_REQUIRE(second.has_error());
        const auto& text = second.error().context;
        BOOST_TEST(text.find("gpu2: jump host outer: jump to 127.0.0.1 port ") == 0U, text);
        BOOST_TEST(text.find("see AllowTcpForwarding and PermitOpen there") != std::string::npos,
                   text);
        BOOST_TEST((co_await answers(**first)));
        auto third = co_await wire->connect(of.gpu(3), context);
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
    ssh_server inner;
    ssh_server outer;
    const farm of(inner.config_block("inner") + "  ProxyJump outer\n" +
                  outer.config_block("outer"));
    in_reactor([&]() -> awaitable<void> {
        ssh::connection_memory memory{.jumps = ssh::jump_sessions(std::chrono::milliseconds(50))};
        const auto context = context_in(inner.home());
        const auto there = of.gpu(1);
        auto link = co_await ssh::connector(memory, there, context).run();
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
    const std::string socket = outer.directory() / "agent";
    const auto started = run_program({"ssh-agent", "-s", "-a", socket});
    const pid_t agent = std::stoi(started.substr(started.find("SSH_AGENT_PID=") + 14));
    const std::string key = outer.directory() / "held";
    make_key(key);
    for (const auto* each : {&inner, &outer}) {
        write_file(each->authorized_keys(), read_file(key + ".pub"));
    }
    run_program({"env", "SSH_AUTH_SOCK=" + socket, "ssh-add", "-q", key});
    std::filesystem::remove(key);
    std::filesystem::remove(key + ".pub");
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
        context.environment["SSH_AUTH_SOCK"] = socket;
        context.timeout = std::chrono::seconds(30);
        co_await use_and_close(co_await connect_all(*wire, of.gpus(6), context));
        co_await wire->close();
    });
    ::kill(agent, SIGTERM);
    BOOST_TEST(logins(inner) == 6U);
    BOOST_TEST(logins(outer) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
