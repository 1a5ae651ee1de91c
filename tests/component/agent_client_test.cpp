#include "engine/remotes/agent_client.hpp"

#include "tests/support/fake_byte_stream.hpp"
#include "tests/support/run_reactor.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;
using namespace std::chrono_literals;
using protocol::frame_kind;

namespace {

/// A client over a fake wire, greeted.
struct scene {
    asio::io_context reactor;
    std::shared_ptr<fake_wire> wire = std::make_shared<fake_wire>(reactor.get_executor());
    agent_client client{reactor.get_executor(), std::make_unique<fake_byte_stream>(wire), "lab"};

    void play(std::function<awaitable<void>()> body) {
        const auto whole = [&]() -> awaitable<void> {
            say(frame_kind::hello, 0,
                protocol::encode(protocol::hello{protocol::version, "x", {}}));
            BOOST_TEST_REQUIRE((co_await client.greet(5s)).has_value());
            co_await body();
            co_await client.close();
        };
        run_reactor(reactor, whole);
        BOOST_TEST(wire->closed);
    }
    void say(frame_kind kind, std::uint32_t request, std::string_view payload) {
        std::string bytes;
        protocol::append_frame(bytes, kind, request, payload);
        wire->say(bytes);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_clients)

BOOST_AUTO_TEST_CASE(a_request_gets_its_reply) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        s.say(frame_kind::reply, 1, R"({"time_us": 42})");
        auto pong = co_await s.client.call(protocol::ping{}, 5s);
        BOOST_TEST_REQUIRE(pong.has_value());
        BOOST_TEST(pong->time_us == 42);
    });
    BOOST_TEST(s.wire->from_near.find(R"("type":"ping")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_far_side_keeps_its_kind_and_names_the_remote) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        s.say(frame_kind::failure, 1, R"({"code": "no_space", "context": "disk full"})");
        auto pong = co_await s.client.call(protocol::ping{}, 5s);
        BOOST_TEST_REQUIRE(pong.has_error());
        BOOST_CHECK(pong.error().kind() == errc::no_space);
        BOOST_TEST(pong.error().context == "lab: disk full");
    });
}

BOOST_AUTO_TEST_CASE(replies_of_several_requests_may_interleave) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        exchange first(s.client, protocol::follow_output{});
        exchange second(s.client, protocol::ping{});
        s.say(frame_kind::data, 1, "one ");
        s.say(frame_kind::reply, 2, R"({"time_us": 7})");
        s.say(frame_kind::data, 1, "two");
        BOOST_TEST(std::string((co_await second.next())->payload) == R"({"time_us": 7})");
        BOOST_TEST(std::string((co_await first.next())->payload) == "one ");
        BOOST_TEST(std::string((co_await first.next())->payload) == "two");
    });
}

BOOST_AUTO_TEST_CASE(a_lost_stream_fails_every_request_in_flight_and_every_later_one) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        exchange waiting(s.client, protocol::ping{});
        s.wire->cut({errc::connect_failed, "lab: connection reset"});
        BOOST_CHECK((co_await waiting.next()).error().kind() == errc::connect_failed);
        BOOST_CHECK((co_await s.client.call(protocol::ping{}, 5s)).error().kind() ==
                    errc::connect_failed);
    });
}

BOOST_AUTO_TEST_CASE(an_agent_that_ends_is_a_lost_link) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        exchange waiting(s.client, protocol::ping{});
        s.wire->end();
        const auto got = co_await waiting.next();
        BOOST_CHECK(got.error().kind() == errc::connect_failed);
        BOOST_TEST(got.error().context == "lab: the agent ended unexpectedly");
    });
}

BOOST_AUTO_TEST_CASE(an_exception_of_the_stream_is_a_lost_link) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        exchange waiting(s.client, protocol::ping{});
        s.wire->throws = true;
        s.wire->to_near_changed.notify();
        BOOST_CHECK((co_await waiting.next()).error().kind() == errc::internal);
        BOOST_TEST(!s.client.alive());
    });
}

BOOST_AUTO_TEST_CASE(a_reply_that_never_comes_times_out_and_is_cancelled_there) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        auto pong = co_await s.client.call(protocol::ping{}, 20ms);
        BOOST_CHECK(pong.error().kind() == errc::timed_out);
    });
    std::string cancel;
    protocol::append_frame(cancel, frame_kind::cancel, 1, {});
    // The client closes at once, so the cancel may not have been written; what was must be whole.
    BOOST_TEST(s.wire->from_near.size() >= cancel.size());
}

BOOST_AUTO_TEST_CASE(a_malformed_frame_breaks_the_link) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        s.wire->say(std::string(9, '\xff'));
        BOOST_CHECK((co_await s.client.call(protocol::ping{}, 5s)).error().kind() ==
                    errc::protocol_violation);
    });
}

BOOST_AUTO_TEST_CASE(reads_are_prepared_for_what_is_expected) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        exchange one(s.client, protocol::follow_output{});
        const auto turn = [&]() -> awaitable<void> {
            s.say(frame_kind::data, 1, "x");
            BOOST_TEST_REQUIRE((co_await one.next()).has_value());
        };
        co_await turn();
        BOOST_TEST(s.wire->room < std::size_t{1} << 20);
        s.client.expect(3 << 20);
        co_await turn();
        co_await turn();
        BOOST_TEST(s.wire->room >= std::size_t{3} << 20);
        s.client.expect(0);
        co_await turn();
        co_await turn();
        BOOST_TEST(s.wire->room < std::size_t{1} << 20);
    });
}

BOOST_AUTO_TEST_CASE(a_full_inbox_stops_the_reading_until_frames_are_taken) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        exchange slow(s.client, protocol::follow_output{});
        const std::string block(protocol::data_payload, 'x');
        constexpr int blocks = 64; // 4 MiB, eight times the inbox
        for (int i = 0; i < blocks; ++i) {
            s.say(frame_kind::data, 1, block);
        }
        BOOST_TEST_REQUIRE((co_await slow.next()).has_value());
        BOOST_TEST(s.wire->to_near.size() > std::size_t{2} << 20, "the rest waits on the wire");
        for (int i = 1; i < blocks; ++i) {
            BOOST_TEST_REQUIRE((co_await slow.next())->payload.size() == block.size());
        }
    });
}

BOOST_AUTO_TEST_CASE(an_abandoned_exchange_wakes_its_waiter) {
    scene s;
    s.play([&s]() -> awaitable<void> {
        exchange waiting(s.client, protocol::follow_output{});
        waiting.abandon();
        BOOST_CHECK((co_await waiting.next()).error().kind() == errc::cancelled);
    });
}

BOOST_AUTO_TEST_CASE(a_hello_of_another_version_is_refused) {
    asio::io_context reactor;
    auto wire = std::make_shared<fake_wire>(reactor.get_executor());
    agent_client client(reactor.get_executor(), std::make_unique<fake_byte_stream>(wire), "lab");
    run_reactor(reactor, [&]() -> awaitable<void> {
        std::string bytes;
        protocol::append_frame(bytes, frame_kind::hello, 0, R"({"version": 99})");
        wire->say(bytes);
        BOOST_CHECK((co_await client.greet(5s)).error().kind() == errc::unsupported);
        co_await client.close();
    });
}

BOOST_AUTO_TEST_SUITE_END()
