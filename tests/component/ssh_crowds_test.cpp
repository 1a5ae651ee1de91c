// Many connections in the making at once: what servers admit, and those that never answer.
#include "engine/reactor/notifier.hpp"
#include "tests/support/black_hole.hpp"
#include "tests/support/connect_all.hpp"
#include "tests/support/in_reactor.hpp"
#include "tests/support/ssh_key_agent.hpp"
#include "tests/support/ssh_server.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

namespace {

std::vector<ssh_remote> several(const ssh_server& server, int count) {
    std::vector<ssh_remote> all;
    for (int number = 1; number <= count; ++number) {
        all.push_back(server.remote_named("gpu" + std::to_string(number)));
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_crowds)

BOOST_AUTO_TEST_CASE(a_server_that_turns_connections_away_gets_all_of_them_in_the_end) {
    ssh_server server({.config_lines = {"MaxStartups 2:100:3"}});
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(server.home());
        context.timeout = std::chrono::seconds(40);
        co_await use_and_close(co_await connect_all(*wire, several(server, 20), context));
    });
    // It did turn some away, or this would prove nothing.
    BOOST_TEST(server.log().find("MaxStartups") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(children_that_a_server_turns_away_get_through_in_the_end) {
    ssh_server server({.config_lines = {"MaxStartups 2:100:3"}});
    const ssh_key_agent agent;
    write_file(server.authorized_keys(), agent.public_key());
    auto remotes = several(server, 8);
    for (auto& each : remotes) {
        each.private_key.reset();
    }
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(server.home());
        context.environment["SSH_AUTH_SOCK"] = agent.socket();
        context.timeout = std::chrono::seconds(40);
        co_await use_and_close(co_await connect_all(*wire, remotes, context));
    });
    BOOST_TEST(server.log().find("MaxStartups") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_final_unless_others_got_through) {
    ssh_server server;
    in_reactor([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const auto wire = make_ssh_transport();
        auto context = context_in(server.home());
        context.timeout = std::chrono::seconds(30);
        const auto there = server.remote_named("gpu1");
        auto first = co_await wire->connect(remote_of(there), context);
        BOOST_REQUIRE(first.has_value());
        server.kill();
        task_group connects(executor);
        std::optional<connected> second;
        connects.spawn("connect", [&]() -> awaitable<void> {
            second.emplace(co_await wire->connect(remote_of(there), context));
        });
        asio::steady_timer moment(executor, std::chrono::milliseconds(200));
        co_await moment.async_wait(asio::use_awaitable);
        BOOST_TEST(!second.has_value()); // it was refused, and goes on
        server.start();
        co_await connects.join();
        BOOST_REQUIRE(second.has_value());
        BOOST_TEST(second->has_value());
        server.kill();
        // Whoever knows of no success fails at once.
        const auto stranger = make_ssh_transport();
        const auto third = co_await stranger->connect(remote_of(there), context);
        BOOST_REQUIRE(third.has_error());
        BOOST_TEST(third.error().context.find("connection refused") != std::string::npos);
    });
}

BOOST_AUTO_TEST_CASE(machines_that_never_answer_keep_nobody_waiting) {
    ssh_server server;
    const black_hole nowhere;
    ssh_server frozen;
    auto remotes = several(server, 50);
    for (auto& each : remotes) {
        each.port = nowhere.port();
    }
    for (const auto& each : several(frozen, 20)) {
        remotes.push_back(each);
    }
    for (const auto& each : several(server, 20)) {
        remotes.push_back(each);
    }
    frozen.freeze();
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(server.home());
        context.timeout = std::chrono::seconds(8);
        const auto start = std::chrono::steady_clock::now();
        auto outcomes = co_await connect_all(*wire, remotes, context);
        // One after the other, in eights, they would take a minute.
        BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(20)));
        std::size_t silent = 0;
        for (std::size_t at = 0; at < 70; ++at) {
            silent +=
                outcomes[at].has_error() && outcomes[at].error().kind() == errc::timed_out ? 1 : 0;
        }
        BOOST_TEST(silent == 70U);
        outcomes.erase(outcomes.begin(), outcomes.begin() + 70);
        co_await use_and_close(std::move(outcomes));
    });
    frozen.thaw();
}

BOOST_AUTO_TEST_CASE(failed_connections_give_their_places_back) {
    ssh_server server;
    auto stranger = server.remote_named("stranger");
    stranger.private_key = server.directory() / "stranger";
    make_key(*stranger.private_key);
    auto unknown = server.remote_named("unknown");
    unknown.known_hosts = server.directory() / "nothing";
    auto unproxied = server.remote_named("unproxied");
    unproxied.proxy = "exit 1";
    std::vector<ssh_remote> bad;
    for (int round = 0; round < 12; ++round) {
        bad.insert(bad.end(), {stranger, unknown, unproxied});
    }
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(server.home());
        context.connections = 2;
        for (const auto& each : co_await connect_all(*wire, bad, context)) {
            BOOST_TEST(each.has_error());
        }
        co_await use_and_close(co_await connect_all(*wire, several(server, 3), context));
    });
    BOOST_TEST(count_of(server.log(), "Connection from") >= 24U);
}

BOOST_AUTO_TEST_CASE(one_at_a_time_is_enough) {
    ssh_server server;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(server.home());
        context.connections = 1;
        co_await use_and_close(co_await connect_all(*wire, several(server, 6), context));
    });
}

BOOST_AUTO_TEST_CASE(a_person_who_thinks_keeps_only_that_remote_waiting) {
    ssh_server server;
    auto remotes = several(server, 4);
    remotes[0].known_hosts = server.directory() / "nothing";
    remotes[0].host_keys = host_key_policy::ask;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(server.home());
        context.connections = 1;
        context.timeout = std::chrono::seconds(5);
        std::size_t done = 0;
        notifier progress(co_await asio::this_coro::executor);
        context.ask = [&](secret_question) -> awaitable<result<std::string>> {
            while (done < 3) { // the answer comes after all others are through
                std::ignore = co_await progress.wait();
            }
            co_return "yes";
        };
        task_group connects(co_await asio::this_coro::executor);
        for (const auto& each : remotes) {
            connects.spawn("connect", [&]() -> awaitable<void> {
                const auto link = co_await wire->connect(remote_of(each), context);
                BOOST_TEST(link.has_value(), each.name);
                ++done;
                progress.notify();
            });
        }
        co_await connects.join();
        BOOST_TEST(done == 4U);
    });
}

BOOST_AUTO_TEST_CASE(a_passphrase_is_asked_once_for_all_who_need_the_key) {
    ssh_server server;
    const std::string key = server.directory() / "locked";
    make_key(key, "ed25519", "open sesame");
    write_file(server.authorized_keys(), read_file(key + ".pub"));
    auto remotes = several(server, 12);
    for (auto& each : remotes) {
        each.private_key = key;
    }
    std::size_t asked = 0;
    std::string reply = "open sesame";
    auto context = context_in(server.home());
    context.ask = [&](secret_question) -> awaitable<result<std::string>> {
        ++asked;
        // Everybody has come to where it waits before somebody answers.
        asio::steady_timer moment(co_await asio::this_coro::executor,
                                  std::chrono::milliseconds(300));
        co_await moment.async_wait(asio::use_awaitable);
        if (reply.empty()) {
            co_return failure(errc::aborted, "nobody answered");
        }
        co_return reply;
    };
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        co_await use_and_close(co_await connect_all(*wire, remotes, context));
    });
    BOOST_TEST(asked == 1U);
    reply.clear();
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        for (const auto& each : co_await connect_all(*wire, remotes, context)) {
            BOOST_REQUIRE(each.has_error());
            BOOST_TEST((each.error().kind() == errc::aborted), each.error().context);
        }
    });
    BOOST_TEST(asked < 1U + remotes.size());
}

BOOST_AUTO_TEST_CASE(proxy_commands_carry_many_at_once) {
    ssh_server server;
    auto remotes = several(server, 20);
    for (auto& each : remotes) {
        each.proxy = server.relay_command();
    }
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(server.home());
        context.timeout = std::chrono::seconds(30);
        co_await use_and_close(co_await connect_all(*wire, remotes, context));
    });
}

BOOST_AUTO_TEST_CASE(the_ssh_configuration_is_asked_once_for_a_host_and_a_few_at_once) {
    ssh_server server;
    // An `ssh` of our own notes when it starts and ends.
    const std::string bin = server.directory() / "bin";
    const std::string notes = server.directory() / "notes";
    std::filesystem::create_directory(bin);
    write_file(bin + "/ssh",
               "#!/bin/sh\necho + >> " + notes + "\n/usr/bin/ssh \"$@\"\necho - >> " + notes + "\n",
               0700);
    std::vector<ssh_remote> remotes;
    std::string config;
    for (int number = 0; number < 24; ++number) {
        ssh_remote one;
        one.name = "gpu" + std::to_string(number);
        one.host = "host" + std::to_string(number % 12);
        one.ssh_config = server.directory() / "config";
        remotes.push_back(one);
        config += number < 12 ? server.config_block(one.host) : "";
    }
    write_file(*remotes[0].ssh_config, config);
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        auto context = context_in(server.home());
        context.environment["PATH"] = bin + ":" + context.environment["PATH"];
        co_await use_and_close(co_await connect_all(*wire, remotes, context));
    });
    const std::string text = read_file(notes);
    BOOST_TEST(count_of(text, "+") == 12U);
    int running = 0;
    int most = 0;
    for (const char c : text) {
        running += c == '+' ? 1 : c == '-' ? -1 : 0;
        most = std::max(most, running);
    }
    BOOST_TEST(most <= 4);
}

BOOST_AUTO_TEST_SUITE_END()
