#include "engine/protocol/frame.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <deque>

using namespace outrider;
using namespace outrider::protocol;

namespace {

/// Receives what is on the wire like a socket does: as much as there is room for.
std::vector<frame> receive(frame_reader& reader, std::string_view wire,
                           std::span<char> (frame_reader::*prepare)(std::size_t),
                           std::size_t size) {
    std::vector<frame> out;
    while (!wire.empty()) {
        const auto room = (reader.*prepare)(size);
        BOOST_REQUIRE(!room.empty());
        const auto got = std::min(room.size(), wire.size());
        std::memcpy(room.data(), wire.data(), got);
        reader.commit(got);
        wire.remove_prefix(got);
        for (auto next = reader.next(); next.value(); next = reader.next()) {
            out.push_back(std::move(**next));
        }
    }
    return out;
}

/// Buffers that are there for the test to see; at most so many at a time.
class counted_source final : public buffer_source {
  public:
    explicit counted_source(int most) : left_(most) {}
    std::shared_ptr<char[]> take(std::size_t size) override {
        if (left_ == 0) {
            return nullptr;
        }
        --left_;
        buffers.emplace_back(size, '\0');
        return {buffers.back().data(), [this](char*) { ++left_; }};
    }
    /// Whether those bytes lie in one of them.
    [[nodiscard]] bool has(std::string_view bytes) const {
        return std::ranges::any_of(buffers, [&](const std::string& one) {
            return bytes.data() >= one.data() && bytes.data() < one.data() + one.size();
        });
    }

    std::deque<std::string> buffers; ///< also of those that were given back

  private:
    int left_;
};

std::string content_of(int number, std::size_t size) {
    std::string out(size, static_cast<char>('a' + number % 26));
    out += std::to_string(number);
    return out;
}

} // namespace

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
        BOOST_TEST(std::string_view(got[0].payload) == "first");
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

BOOST_AUTO_TEST_CASE(frames_that_are_kept_are_as_they_came_whatever_comes_after_them) {
    for (const auto prepare : {&frame_reader::prepare, &frame_reader::prepare_frame}) {
        for (const std::size_t size : {std::size_t{10}, std::size_t{200'000}}) {
            for (const std::size_t room :
                 {std::size_t{1}, std::size_t{4096}, std::size_t{131'072}}) {
                std::string wire;
                constexpr int count = 12;
                for (int i = 0; i < count; ++i) {
                    append_frame(wire, frame_kind::data, 1, content_of(i, size));
                }
                frame_reader reader;
                const auto kept = receive(reader, wire, prepare, room);
                BOOST_REQUIRE_EQUAL(kept.size(), std::size_t{count});
                for (int i = 0; i < count; ++i) {
                    BOOST_TEST((std::string_view(kept[static_cast<std::size_t>(i)].payload) ==
                                content_of(i, size)));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_large_frame_is_received_to_its_end_and_the_next_header) {
    std::string wire;
    append_frame(wire, frame_kind::data, 1, std::string(200'000, 'x'));
    frame_reader reader;
    const auto first = reader.prepare_frame(65'536);
    std::memcpy(first.data(), wire.data(), first.size());
    reader.commit(first.size());
    BOOST_TEST(!reader.next().value());
    BOOST_TEST(reader.prepare_frame(65'536).size() ==
               wire.size() - first.size() + frame_header_size);
}

BOOST_AUTO_TEST_CASE(large_frames_come_into_buffers_of_the_source_as_far_as_it_has_them) {
    constexpr std::size_t size = 200'000;
    const auto wire_of = [](int first) {
        std::string wire;
        for (int i = first; i < first + 12; ++i) {
            append_frame(wire, frame_kind::data, 1, content_of(i, size));
        }
        return wire;
    };
    for (const int most : {2, 100}) {
        const auto source = std::make_shared<counted_source>(most);
        frame_reader reader;
        std::vector<frame> kept;
        const auto take = [&](int first) {
            for (auto& each : receive(reader, wire_of(first), &frame_reader::prepare, 300'000)) {
                kept.push_back(std::move(each));
            }
        };
        take(0);
        reader.use(source);
        take(12);
        reader.use(nullptr);
        take(24);
        int in_source = 0;
        for (int i = 0; i < 36; ++i) {
            const std::string_view payload = kept[static_cast<std::size_t>(i)].payload;
            BOOST_TEST((payload == content_of(i, size)));
            BOOST_TEST((!source->has(payload) || (i >= 12 && i < 24)));
            in_source += source->has(payload) ? 1 : 0;
        }
        BOOST_TEST((most == 2 ? in_source > 0 && in_source < 12 : in_source == 12));
    }
}

// What the bytes are lent to may still look at them.
BOOST_AUTO_TEST_CASE(a_buffer_of_a_source_that_is_no_longer_used_is_not_written_again) {
    const auto source = std::make_shared<counted_source>(2);
    frame_reader reader;
    reader.use(source);
    std::string wire;
    append_frame(wire, frame_kind::data, 1, content_of(1, 100'000));
    append_frame(wire, frame_kind::data, 1, content_of(2, 100'000));
    const auto half = wire.size() * 3 / 4; // in the middle of the second frame
    auto got =
        receive(reader, std::string_view(wire).substr(0, half), &frame_reader::prepare, 150'000);
    BOOST_REQUIRE_EQUAL(got.size(), 1U);
    const std::string_view first = got[0].payload;
    BOOST_TEST(source->has(first));
    reader.use(nullptr);
    got.clear(); // but its bytes are still looked at
    for (int i = 0; i < 5; ++i) {
        receive(reader, std::string_view(wire).substr(half), &frame_reader::prepare, 150'000);
        receive(reader, std::string_view(wire).substr(0, half), &frame_reader::prepare, 150'000);
        BOOST_TEST((first == content_of(1, 100'000)));
    }
}

BOOST_AUTO_TEST_CASE(a_frame_goes_on_to_another_request_where_it_lies) {
    std::string wire;
    std::string expected;
    append_frame(wire, frame_kind::data, 7, "content");
    append_frame(expected, frame_kind::data, 0x01020304, "content");
    frame_reader reader;
    reader.feed(wire);
    auto received = *reader.next().value();
    BOOST_TEST(received.addressed_to(0x01020304) == expected);
}

BOOST_AUTO_TEST_SUITE_END()
