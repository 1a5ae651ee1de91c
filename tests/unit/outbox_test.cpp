#include "engine/remotes/outbox.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using protocol::frame_kind;

namespace {

protocol::frame received(std::string_view payload) {
    std::string wire;
    protocol::append_frame(wire, frame_kind::data, 99, payload);
    protocol::frame_reader reader;
    reader.feed(wire);
    return std::move(*reader.next().value());
}

} // namespace

BOOST_AUTO_TEST_SUITE(outboxes)

BOOST_AUTO_TEST_CASE(our_own_frames_travel_together_and_what_is_passed_on_stays_in_its_place) {
    outbox box;
    std::string expected;
    const auto add = [&](std::string_view payload) {
        box.add(frame_kind::part, 1, payload);
        protocol::append_frame(expected, frame_kind::part, 1, payload);
    };
    add("one");
    add("two");
    box.pass_on(received("content"), 2);
    protocol::append_frame(expected, frame_kind::data, 2, "content");
    add("three");
    BOOST_TEST(box.size() == expected.size());

    std::string sent;
    int pieces = 0;
    for (; !box.empty(); ++pieces) {
        const auto piece = box.take();
        sent += piece.bytes();
        BOOST_TEST(box.size() == expected.size() - sent.size());
    }
    BOOST_TEST(sent == expected);
    BOOST_TEST(pieces == 3);
}

BOOST_AUTO_TEST_SUITE_END()
