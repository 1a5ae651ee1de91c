#include "engine/sync/flow_window.hpp"
#include "engine/sync/progress_meter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>

using namespace outrider;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t most = std::int64_t{8} << 20;
const flow_window::clock::time_point start{1h};

// A sender and a receiver with a link between them, in steps of a millisecond: what is sent waits
// for its turn on the link, then travels.
struct simulated_link {
    std::chrono::milliseconds round_trip;
    std::int64_t bytes_per_ms;
    flow_window window{};
    std::int64_t sent = 0;
    std::int64_t queued = 0;
    std::int64_t arrived = 0;
    std::deque<std::int64_t> travelling; // of each millisecond
    std::int64_t longest_queue = 0;

    void run(std::chrono::milliseconds span, std::chrono::milliseconds since = 0ms) {
        window.set_round_trip(round_trip);
        for (auto now = since; now < since + span; now += 1ms) {
            const auto fresh = std::max<std::int64_t>(window.limit() - sent, 0);
            sent += fresh;
            queued += fresh;
            const auto carried = std::min(queued, bytes_per_ms);
            queued -= carried;
            longest_queue = std::max(longest_queue, queued);
            travelling.push_back(carried);
            if (travelling.size() > static_cast<std::size_t>(round_trip.count())) {
                arrived += travelling.front();
                travelling.pop_front();
            }
            window.acknowledged(start + now, arrived, most);
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(flow_windows)

BOOST_AUTO_TEST_CASE(it_fills_a_long_link_and_leaves_small_messages_little_to_wait_for) {
    simulated_link link{.round_trip = 50ms, .bytes_per_ms = 12'500}; // 100 Mbit/s
    link.run(2s);
    const auto before = link.arrived;
    link.longest_queue = 0;
    link.run(2s, 2s);
    BOOST_TEST(link.arrived - before >= 2000 * (12'500 * 95 / 100));
    BOOST_TEST(link.longest_queue / link.bytes_per_ms < 50);
}

BOOST_AUTO_TEST_CASE(it_opens_as_far_as_memory_allows_on_a_fast_link) {
    simulated_link link{.round_trip = 1ms, .bytes_per_ms = 1'000'000};
    link.run(1s);
    BOOST_TEST(link.window.window() == most);
}

BOOST_AUTO_TEST_CASE(the_wire_is_to_let_more_than_a_round_trip_through_and_no_queue) {
    simulated_link slow{.round_trip = 50ms, .bytes_per_ms = 60'000}; // half a Gbit/s
    slow.run(3s);
    BOOST_TEST(slow.window.wire_window() > 50 * 60'000 * 3 / 2);
    BOOST_TEST(slow.window.wire_window() <= slow.window.window());
    simulated_link near{.round_trip = 1ms, .bytes_per_ms = 400'000};
    near.run(1s);
    BOOST_TEST(near.window.wire_window() < 1 << 20);
}

BOOST_AUTO_TEST_CASE(it_never_closes_below_two_packets) {
    simulated_link link{.round_trip = 10ms, .bytes_per_ms = 10};
    link.run(5s);
    BOOST_TEST(link.window.window() == flow_window::least);
    link.window.acknowledged(start + 6s, link.arrived, 0);
    BOOST_TEST(link.window.window() == flow_window::least);
}

BOOST_AUTO_TEST_CASE(a_pause_of_the_receiver_does_not_take_the_limit_back) {
    simulated_link link{.round_trip = 5ms, .bytes_per_ms = 100'000};
    link.run(1s);
    const auto limit = link.window.limit();
    link.window.acknowledged(start + 2s, link.arrived - 1000, most);
    BOOST_TEST(link.window.limit() <= limit);
    BOOST_TEST(link.window.limit() >= link.arrived + flow_window::least);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(progress_meters)

BOOST_AUTO_TEST_CASE(nothing_is_known_before_anything_moves) {
    progress_meter meter;
    BOOST_TEST(meter.per_second() == 0);
    meter.add(start, 0);
    BOOST_TEST(meter.per_second() == 0);
    BOOST_TEST(!meter.seconds_left(100));
    meter.add(start + 1s, 0);
    BOOST_TEST(!meter.seconds_left(100));
}

BOOST_AUTO_TEST_CASE(the_rate_is_that_of_the_last_seconds) {
    progress_meter meter;
    for (int second = 0; second <= 20; ++second) {
        // A hundred a second, and ten times that from the tenth second on.
        meter.add(start + std::chrono::seconds(second),
                  second <= 10 ? 100 * second : 1000 + 1000 * (second - 10));
    }
    BOOST_TEST(meter.per_second() == 1000);
    BOOST_TEST(meter.seconds_left(11'000 + 2500).value() == 3);
    BOOST_TEST(meter.seconds_left(5).value() == 0);
}

BOOST_AUTO_TEST_CASE(many_samples_in_one_moment_are_few) {
    progress_meter meter;
    for (int i = 0; i < 10'000; ++i) {
        meter.add(start + std::chrono::microseconds(i * 100), i);
    }
    BOOST_TEST(std::abs(meter.per_second() - 10'000) <= 10);
}

BOOST_AUTO_TEST_SUITE_END()
