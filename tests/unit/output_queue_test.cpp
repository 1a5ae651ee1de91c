#include "engine/agent/server/output_queue.hpp"

#include "tests/support/nonblocking_pipe.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>
#include <random>

using namespace outrider;
using namespace outrider::testing;
using agent::lending_pipe;
using agent::output_queue;
using protocol::frame_kind;

namespace {

void add_block(output_queue& queue, std::uint32_t request, std::string_view head,
               std::string_view content) {
    std::ranges::copy(content, queue.block_room().begin());
    queue.add_block(request, head, content.size());
}

std::string frame_of(std::uint32_t request, std::string_view payload) {
    std::string bytes;
    protocol::append_frame(bytes, frame_kind::data, request, payload);
    return bytes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(output_queues)

BOOST_AUTO_TEST_CASE(small_frames_and_blocks_keep_their_order) {
    output_queue queue;
    queue.add(frame_kind::data, 1, "one");
    queue.add(frame_kind::data, 2, "two");
    const std::string block(protocol::block_size, 'b');
    add_block(queue, 3, "head", block);
    queue.add(frame_kind::data, 4, "three");
    const auto expected = frame_of(1, "one") + frame_of(2, "two") + frame_of(3, "head" + block) +
                          frame_of(4, "three");
    BOOST_TEST(queue.size() == expected.size());
    BOOST_TEST((queue.take() == expected));
    BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(the_room_stays_the_same_until_it_is_sent) {
    output_queue queue;
    const void* room = queue.block_room().data();
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(room) % 4096 == 0U);
    BOOST_TEST(static_cast<const void*>(queue.block_room().data()) == room);
    add_block(queue, 1, {}, "few bytes, which are copied");
    BOOST_TEST(static_cast<const void*>(queue.block_room().data()) == room);
    add_block(queue, 1, {}, std::string(protocol::block_size, 'b'));
    BOOST_TEST(static_cast<const void*>(queue.block_room().data()) != room);
}

// Many rounds through few rooms: none may be filled again before the reader has it.
BOOST_AUTO_TEST_CASE(a_slow_reader_of_a_pipe_gets_every_byte_as_it_was) {
    const auto both = nonblocking_pipe();
    lending_pipe client(both.write.get());
    output_queue queue;
    std::mt19937 random(1);
    std::string expected;
    std::string read;
    std::string buffer(100'000, '\0');
    for (int i = 0; i < 400; ++i) {
        if (random() % 3 == 0) {
            const std::string text(random() % 5000, static_cast<char>('a' + i % 26));
            queue.add(frame_kind::data, 7, text);
            expected += frame_of(7, text);
        } else {
            const std::string block(1 + random() % protocol::block_size,
                                    static_cast<char>('A' + i % 26));
            add_block(queue, 7, "x", block);
            expected += frame_of(7, "x" + block);
        }
        while (queue.size() > std::size_t{256} << 10 || (i == 399 && !queue.empty())) {
            BOOST_REQUIRE(queue.write_to(client));
            const auto got = ::read(both.read.get(), buffer.data(), 1 + random() % buffer.size());
            read.append(buffer, 0, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        }
    }
    for (ssize_t got = 0; (got = ::read(both.read.get(), buffer.data(), buffer.size())) > 0;) {
        read.append(buffer, 0, static_cast<std::size_t>(got));
    }
    BOOST_TEST((read == expected));
    BOOST_REQUIRE(queue.write_to(client));
    BOOST_TEST(!client.lends());
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_gone_is_told) {
    auto both = nonblocking_pipe();
    both.read.reset();
    const auto before = ::signal(SIGPIPE, SIG_IGN);
    lending_pipe client(both.write.get());
    output_queue queue;
    BOOST_TEST(queue.write_to(client));
    add_block(queue, 1, {}, std::string(protocol::block_size, 'b'));
    BOOST_TEST(!queue.write_to(client));
    ::signal(SIGPIPE, before);
}

BOOST_AUTO_TEST_SUITE_END()
