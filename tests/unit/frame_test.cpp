#include "engine/protocol/frame.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::protocol;

BOOST_AUTO_TEST_SUITE(frames)

BOOST_AUTO_TEST_CASE(frames_come_out_whole_however_the_bytes_arrive) {
    std::string wire;
    append_frame(wire, frame_kind::request, 1, "first");
    append_frame(wire, frame_kind::data, 0xfffffffe, std::string(70'000, 'x'));
    append_frame(wire, frame_kind::cancel, 2, "");
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, wire.size()}) {
        frame_reader reader;
        std::vector<frame> got;
        for (std::size_t at = 0; at < wire.size(); at += step) {
            reader.feed(std::string_view(wire).substr(at, step));
            for (;;) {
                auto next = reader.next();
                BOOST_REQUIRE(next.has_value());
                if (!*next) {
                    break;
                }
                got.push_back(std::move(**next));
            }
        }
        BOOST_REQUIRE_EQUAL(got.size(), 3U);
        BOOST_TEST(got[0].payload == "first");
        BOOST_TEST(got[1].payload.size() == 70'000U);
        BOOST_TEST(got[1].request == 0xfffffffeU);
        BOOST_CHECK(got[2].kind == frame_kind::cancel);
    }
}

BOOST_AUTO_TEST_CASE(a_frame_that_is_too_long_or_of_no_known_kind_is_refused) {
    for (const std::string_view head : {std::string_view("\xff\xff\xff\xff\0\0\0\0\0", 9),
                                        std::string_view("\0\0\0\0\x09\0\0\0\0", 9)}) {
        frame_reader reader;
        reader.feed(head);
        BOOST_TEST(reader.next().has_error());
    }
}

BOOST_AUTO_TEST_SUITE_END()
