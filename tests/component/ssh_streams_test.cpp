// Streams under load, and wires that break.
#include "engine/reactor/deadline.hpp"
#include "engine/reactor/task_group.hpp"
#include "tests/support/in_reactor.hpp"
#include "tests/support/shell.hpp"
#include "tests/support/ssh_server.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// Bytes that differ from place to place, and from stream to stream.
std::string pattern(std::size_t size, unsigned seed) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) {
        seed = seed * 1664525U + 1013904223U;
        byte = static_cast<char>(seed >> 24);
    }
    return bytes;
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        count += entry.path().empty() ? 0 : 1;
    }
    return count;
}

awaitable<std::unique_ptr<connection>> connected(transport& wire, const ssh_server& server) {
    const auto there = server.remote_named("gpu1");
    const auto context = context_in(server.home());
    auto link = co_await wire.connect(remote_of(there), context);
    BOOST_REQUIRE_MESSAGE(link.has_value(), link.error().context);
    co_return std::move(*link);
}

/// Sends bytes through `cat` there and compares what comes back.
awaitable<void> echo_through(byte_stream& shell, std::size_t size, unsigned seed) {
    const std::string sent = pattern(size, seed);
    // A shell reads its script in blocks: the bytes may follow only once it has become `cat`.
    BOOST_TEST((co_await shell.write("echo ready; exec cat\n")).has_value());
    std::vector<char> piece(256 * 1024);
    const auto ready = co_await shell.read_some(piece);
    BOOST_TEST((ready && std::string_view(piece.data(), *ready) == "ready\n"));
    task_group writing(co_await asio::this_coro::executor);
    writing.spawn("write", [&]() -> awaitable<void> {
        const auto wrote = co_await shell.write(sent);
        BOOST_TEST(wrote.has_value());
    });
    std::string got;
    while (got.size() < size) {
        const auto count = co_await shell.read_some(piece);
        if (!count || *count == 0) {
            BOOST_TEST(false, "the stream ended early");
            break;
        }
        got.append(piece.data(), *count);
    }
    co_await writing.join();
    BOOST_TEST((got == sent));
    co_await shell.close();
}

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_streams)

BOOST_AUTO_TEST_CASE(eight_channels_carry_megabytes_both_ways_at_once) {
    ssh_server server;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto link = co_await connected(*wire, server);
        task_group streams(co_await asio::this_coro::executor);
        for (unsigned number = 1; number <= 8; ++number) {
            streams.spawn("stream", [&link, number]() -> awaitable<void> {
                const auto shell = co_await link->open_shell();
                BOOST_TEST(shell.has_value());
                if (shell) {
                    co_await echo_through(**shell, (std::size_t{2} << 20) + number, number);
                }
            });
        }
        co_await streams.join();
        BOOST_TEST(link->alive());
        co_await link->close();
    });
}

// What is given up is closed in the background, between the reads of the others.
BOOST_AUTO_TEST_CASE(shells_that_are_given_up_take_nothing_from_one_that_carries_much) {
    ssh_server server;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto link = co_await connected(*wire, server);
        const auto bulk = co_await link->open_shell();
        BOOST_REQUIRE(bulk.has_value());
        constexpr std::size_t lines = 4'000'000;
        BOOST_TEST((co_await (*bulk)->write("exec seq 1000000 4999999\n")).has_value());
        bool reading = true;
        int given_up = 0;
        task_group others(co_await asio::this_coro::executor);
        others.spawn("others", [&]() -> awaitable<void> {
            int i = 0;
            while (reading) {
                // After a while that is long enough for some, and not for others.
                auto shell = co_await with_deadline(link->open_shell(),
                                                    std::chrono::milliseconds(i++ % 8), "given up");
                given_up += shell ? 0 : 1;
            }
        });
        std::vector<char> piece(std::size_t{1} << 20);
        std::size_t got = 0;
        bool in_order = true;
        std::string line;
        for (;;) {
            const auto count = co_await (*bulk)->read_some(piece);
            BOOST_TEST(count.has_value());
            if (!count || *count == 0) {
                break;
            }
            for (std::size_t i = 0; i < *count; ++i, ++got) {
                if (got % 8 == 0) {
                    line = std::to_string(1'000'000 + got / 8) + '\n';
                }
                in_order = in_order && piece[i] == line[got % 8];
            }
        }
        reading = false;
        co_await others.join();
        BOOST_TEST(got == lines * 8);
        BOOST_TEST(in_order);
        BOOST_TEST(given_up > 0);
        co_await (*bulk)->close();
        co_await link->close();
    });
}

BOOST_AUTO_TEST_CASE(forty_connects_at_once_stay_within_what_a_server_admits) {
    // Ten unauthenticated connections are all that this server takes.
    ssh_server server({.config_lines = {"MaxStartups 10"}});
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        std::vector<std::unique_ptr<connection>> links;
        task_group connects(co_await asio::this_coro::executor);
        for (int number = 0; number < 40; ++number) {
            connects.spawn("connect", [&]() -> awaitable<void> {
                links.push_back(co_await connected(*wire, server));
            });
        }
        co_await connects.join();
        BOOST_TEST(links.size() == 40U);
        for (const auto& link : links) {
            co_await link->close();
        }
    });
}

BOOST_AUTO_TEST_CASE(shells_that_end_or_are_dropped_give_their_places_back) {
    ssh_server server;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto link = co_await connected(*wire, server);
        for (int round = 0; round < 30; ++round) {
            auto shell = co_await link->open_shell();
            BOOST_REQUIRE_MESSAGE(shell.has_value(), shell.error().context);
            const auto text = co_await run_script(**shell, "echo here");
            BOOST_TEST((text && *text == "here\n"));
            if (round % 2 == 0) {
                co_await (*shell)->close();
            }
        }
        co_await link->close();
    });
}

BOOST_AUTO_TEST_CASE(a_server_killed_in_mid_read_is_a_lost_connection) {
    ssh_server server;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto link = co_await connected(*wire, server);
        const auto shell = co_await link->open_shell();
        BOOST_TEST((co_await run_script(**shell, "echo up")).has_value());
        server.kill_sessions();
        std::array<char, 64> piece;
        const auto got = co_await (*shell)->read_some(piece);
        BOOST_REQUIRE(got.has_error());
        BOOST_TEST((got.error().kind() == errc::connect_failed));
        BOOST_TEST(!link->alive());
        const auto again = co_await link->open_shell();
        BOOST_REQUIRE(again.has_error());
        BOOST_TEST((again.error().kind() == errc::connect_failed));
    });
}

BOOST_AUTO_TEST_CASE(a_cancelled_read_of_a_frozen_server_leaves_the_stream_usable) {
    ssh_server server;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto link = co_await connected(*wire, server);
        const auto shell = co_await link->open_shell();
        BOOST_TEST((co_await run_script(**shell, "echo up")).has_value());
        server.freeze_sessions();
        std::array<char, 64> piece;
        const auto got = co_await with_deadline((*shell)->read_some(piece),
                                                std::chrono::milliseconds(100), "frozen");
        BOOST_REQUIRE(got.has_error());
        BOOST_TEST((got.error().kind() == errc::timed_out));
        server.thaw_sessions();
        const auto text = co_await run_script(**shell, "echo thawed");
        BOOST_TEST((text && *text == "thawed\n"));
        co_await link->close();
    });
}

BOOST_AUTO_TEST_CASE(noise_of_the_login_shell_comes_before_the_script) {
    ssh_server server;
    write_file(server.home() + "/.bashrc", "echo Welcome to the cluster\n");
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto link = co_await connected(*wire, server);
        const auto shell = co_await link->open_shell();
        const auto text = co_await run_script(**shell, "echo nonce; echo result");
        BOOST_REQUIRE(text.has_value());
        BOOST_TEST(text->ends_with("nonce\nresult\n"));
        co_await link->close();
    });
}

BOOST_AUTO_TEST_CASE(nothing_stays_open_after_a_connection) {
    ssh_server server;
    const auto wire = make_ssh_transport();
    auto once = [&](bool orderly) {
        in_reactor([&]() -> awaitable<void> {
            const auto link = co_await connected(*wire, server);
            const auto shell = co_await link->open_shell();
            BOOST_TEST((co_await run_script(**shell, "echo up")).has_value());
            if (orderly) {
                co_await (*shell)->close();
                co_await link->close();
            }
        });
    };
    once(true); // what is opened once for the process (a log, a random source) is open now
    const auto before = open_descriptors();
    for (int round = 0; round < 6; ++round) {
        once(round % 2 == 0);
    }
    BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_CASE(a_cancelled_connect_leaves_nothing_behind) {
    ssh_server server;
    server.freeze();
    const auto wire = make_ssh_transport();
    std::size_t before = 0;
    in_reactor([&]() -> awaitable<void> {
        for (int round = 0; round < 3; ++round) {
            if (round == 1) {
                before = open_descriptors();
            }
            const auto there = server.remote_named("gpu1");
            const auto context = context_in(server.home());
            auto link = co_await with_deadline(wire->connect(remote_of(there), context),
                                               std::chrono::milliseconds(150), "given up");
            BOOST_REQUIRE(link.has_error());
            BOOST_TEST((link.error().kind() == errc::timed_out));
        }
    });
    BOOST_TEST(open_descriptors() <= before);
    server.thaw();
}

BOOST_AUTO_TEST_CASE(cancelled_tasks_end_wherever_they_wait) {
    ssh_server server;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        const auto link = co_await connected(*wire, server);
        const auto silent = co_await link->open_shell();
        const auto stuffed = co_await link->open_shell();
        BOOST_TEST((co_await run_script(**silent, "echo up")).has_value());
        const auto there = server.remote_named("gpu1");
        const auto context = context_in(server.home());
        task_group tasks(co_await asio::this_coro::executor);
        tasks.spawn("read", [&]() -> awaitable<void> {
            std::array<char, 16> piece;
            const auto got = co_await (*silent)->read_some(piece);
            BOOST_TEST(got.has_error());
        });
        tasks.spawn("write", [&]() -> awaitable<void> {
            BOOST_TEST((co_await (*stuffed)->write("sleep 100\n")).has_value());
            const auto wrote = co_await (*stuffed)->write(std::string(std::size_t{8} << 20, '#'));
            BOOST_TEST(wrote.has_error());
        });
        server.freeze();
        tasks.spawn("connect", [&]() -> awaitable<void> {
            const auto more = co_await wire->connect(remote_of(there), context);
            BOOST_TEST(more.has_error());
        });
        asio::steady_timer moment(co_await asio::this_coro::executor,
                                  std::chrono::milliseconds(200));
        co_await moment.async_wait(asio::use_awaitable); // each has come to where it waits
        tasks.cancel();
        co_await tasks.join();
        server.thaw();
        BOOST_TEST(link->alive());
        co_await link->close();
    });
}

BOOST_AUTO_TEST_SUITE_END()
