#include "engine/sync/borrowed_content.hpp"

#include "engine/protocol/packet.hpp"
#include "tests/support/fake_byte_stream.hpp"
#include "tests/support/run_reactor.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace outrider;
using namespace outrider::testing;
using namespace std::chrono_literals;
using protocol::frame_kind;

namespace {

protocol::frame frame_of(std::string_view payload, frame_kind kind = frame_kind::data) {
    std::string bytes;
    protocol::append_frame(bytes, kind, 7, payload);
    protocol::frame_reader reader;
    reader.feed(bytes);
    return std::move(*reader.next().value());
}

protocol::frame lent(std::int64_t offset, std::size_t size) {
    return frame_of(
        protocol::lent_packet({.offset = offset, .size = static_cast<std::int64_t>(size)}));
}

// Enough for everybody who was woken.
awaitable<void> some_turns() {
    for (int i = 0; i < 20; ++i) {
        co_await asio::post(asio::use_awaitable);
    }
}

// An agent that is here, or says to be.
struct scene {
    asio::io_context reactor;
    std::shared_ptr<fake_wire> wire = std::make_shared<fake_wire>(reactor.get_executor());
    agent_client agent{reactor.get_executor(), std::make_unique<fake_byte_stream>(wire), "here"};

    explicit scene(bool here = true) { agent.set_here(here); }

    void play(std::function<awaitable<void>()> body) {
        run_reactor(reactor, [&]() -> awaitable<void> {
            co_await body();
            co_await agent.close();
        });
    }
    void put(const borrowed_content& content, std::int64_t offset, std::string_view bytes) const {
        std::ranges::copy(bytes, content.memory()->bytes().begin() + offset);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(borrowed_contents)

BOOST_AUTO_TEST_CASE(a_frame_that_tells_of_content_becomes_that_content) {
    scene s;
    s.play([&]() -> awaitable<void> {
        borrowed_content content(s.agent);
        s.put(content, 100, "cBwords");
        auto opened = content.open(lent(100, 7));
        BOOST_TEST_REQUIRE(opened.has_value());
        BOOST_TEST(std::string_view(opened->payload) == "cBwords");
        const auto passed_on = opened->addressed_to(9);
        std::string expected;
        protocol::append_frame(expected, frame_kind::data, 9, "cBwords");
        BOOST_TEST(passed_on == expected);
        for (const auto kind : {frame_kind::data, frame_kind::reply}) {
            const auto other = content.open(frame_of("cWsent", kind));
            BOOST_TEST_REQUIRE(other.has_value());
            BOOST_TEST(std::string_view(other->payload) == "cWsent");
        }
        co_return;
    });
}

BOOST_AUTO_TEST_CASE(a_place_outside_is_a_violation_of_the_protocol) {
    scene s;
    s.play([&]() -> awaitable<void> {
        borrowed_content content(s.agent);
        const auto size = content.place()->size;
        for (const auto offset :
             {std::int64_t{0}, std::int64_t{8}, size, std::int64_t{INT64_MAX}}) {
            BOOST_TEST(content.open(lent(offset, 1)).has_error());
        }
        BOOST_TEST(content.open(lent(size - 1, 2)).has_error());
        BOOST_TEST(content.open(lent(9, std::size_t{INT64_MAX})).has_error());
        BOOST_TEST(content.open(lent(size - 1, 1)).has_value());
        co_return;
    });
}

BOOST_AUTO_TEST_CASE(nothing_is_borrowed_from_a_sender_elsewhere) {
    scene s(false);
    s.play([&]() -> awaitable<void> {
        borrowed_content content(s.agent);
        BOOST_TEST(!content.place().has_value());
        BOOST_TEST(content.memory() == nullptr);
        BOOST_TEST(content.open(lent(100, 1)).has_error());
        BOOST_TEST(content.open(frame_of("cWsent")).has_value());
        co_return;
    });
}

BOOST_AUTO_TEST_CASE(what_was_passed_on_is_given_back_a_few_at_once) {
    scene s;
    std::string hello;
    protocol::append_frame(hello, frame_kind::hello, 0,
                           protocol::encode(protocol::hello{protocol::version, "x", {}}));
    s.wire->say(hello);
    s.play([&]() -> awaitable<void> {
        BOOST_TEST_REQUIRE((co_await s.agent.greet(5s)).has_value());
        auto content = std::make_optional<borrowed_content>(s.agent);
        std::vector<protocol::frame> opened;
        for (const std::int64_t offset : {100, 200, 300, 400}) {
            opened.push_back(content->open(lent(offset, 1)).value());
        }
        exchange sending(s.agent, protocol::send_runs{});
        task_group tasks(s.agent.executor());
        tasks.spawn("loans", [&] { return content->give_back(sending); });
        co_await some_turns();
        const auto before = s.wire->from_near;
        opened.erase(opened.begin() + 1);
        co_await some_turns();
        BOOST_TEST(s.wire->from_near == before); // one alone waits
        opened.erase(opened.begin());            // nobody has to keep an order
        co_await some_turns();
        BOOST_TEST(s.wire->from_near.ends_with(protocol::returned_packet({200, 100})));
        tasks.cancel();
        co_await tasks.join();
        content.reset();
        opened.clear(); // may outlive it
    });
}

BOOST_AUTO_TEST_SUITE_END()
