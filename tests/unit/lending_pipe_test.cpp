#include "engine/agent/server/lending_pipe.hpp"

#include "tests/support/nonblocking_pipe.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>

using namespace outrider;
using namespace outrider::testing;
using agent::lending_pipe;

namespace {

agent::pipe_ends pipe_of(int room) {
    auto both = nonblocking_pipe();
    BOOST_REQUIRE(::fcntl(both.write.get(), F_SETPIPE_SZ, room) >= room);
    return both;
}

std::string read_from(const agent::pipe_ends& from, std::size_t size) {
    std::string bytes(size, '\0');
    bytes.resize(static_cast<std::size_t>(
        std::max<ssize_t>(::read(from.read.get(), bytes.data(), size), 0)));
    return bytes;
}

constexpr std::size_t large = 64 << 10;

std::shared_ptr<char[]> filled(char with) {
    std::shared_ptr<char[]> bytes(new char[large]);
    std::memset(bytes.get(), with, large);
    return bytes;
}

std::string_view view(const std::shared_ptr<char[]>& bytes, std::size_t size = large) {
    return {bytes.get(), size};
}

} // namespace

BOOST_AUTO_TEST_SUITE(lending_pipes)

BOOST_AUTO_TEST_CASE(what_is_lent_is_kept_until_the_last_byte_of_it_was_read) {
    const auto both = pipe_of(1 << 20);
    lending_pipe pipe(both.write.get());
    const auto first = filled('1');
    const auto second = filled('2');
    BOOST_REQUIRE(pipe.write("begin", nullptr) == 5);
    BOOST_REQUIRE(pipe.write(view(first), first) == static_cast<ssize_t>(large));
    BOOST_REQUIRE(pipe.write("middle", nullptr) == 6);
    BOOST_REQUIRE(pipe.write(view(second), second) == static_cast<ssize_t>(large));
    BOOST_TEST(first.use_count() == 2);

    BOOST_TEST(read_from(both, 5) == "begin");
    BOOST_TEST(read_from(both, large - 1) == std::string(large - 1, '1'));
    pipe.collect();
    BOOST_TEST(first.use_count() == 2);
    BOOST_TEST(read_from(both, 1) == "1");
    pipe.collect();
    BOOST_TEST(first.use_count() == 1);
    BOOST_TEST(second.use_count() == 2);

    BOOST_TEST(read_from(both, 6 + large) == "middle" + std::string(large, '2'));
    pipe.collect();
    BOOST_TEST(second.use_count() == 1);
    BOOST_TEST(!pipe.lends());
}

// The proof that the memory is lent at all, and so why its owner is kept.
BOOST_AUTO_TEST_CASE(a_reader_sees_what_became_of_the_memory_meanwhile) {
    const auto both = pipe_of(1 << 20);
    lending_pipe pipe(both.write.get());
    const auto bytes = filled('1');
    BOOST_REQUIRE(pipe.write(view(bytes), bytes) == static_cast<ssize_t>(large));
    std::memset(bytes.get(), '2', large);
    BOOST_TEST(read_from(both, large) == std::string(large, '2'));
}

BOOST_AUTO_TEST_CASE(what_is_small_or_has_no_owner_is_copied) {
    const auto both = pipe_of(1 << 20);
    lending_pipe pipe(both.write.get());
    const auto bytes = filled('1');
    BOOST_REQUIRE(pipe.write(view(bytes, 1000), bytes) == 1000);
    BOOST_REQUIRE(pipe.write(view(bytes), nullptr) == static_cast<ssize_t>(large));
    BOOST_TEST(!pipe.lends());
    std::memset(bytes.get(), '2', large);
    BOOST_TEST(read_from(both, 1000 + large) == std::string(1000 + large, '1'));
}

BOOST_AUTO_TEST_CASE(a_full_pipe_takes_a_part_and_then_says_again) {
    const auto both = pipe_of(32 << 10);
    lending_pipe pipe(both.write.get());
    const auto bytes = filled('1');
    const auto taken = pipe.write(view(bytes), bytes);
    BOOST_REQUIRE((taken > 0 && taken <= 32 << 10));
    BOOST_TEST(pipe.write(view(bytes).substr(static_cast<std::size_t>(taken)), bytes) == -1);
    BOOST_TEST(errno == EAGAIN);
    BOOST_TEST(read_from(both, large).size() == static_cast<std::size_t>(taken));
    pipe.collect();
    BOOST_TEST(bytes.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_socket_is_given_copies) {
    int both[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both) == 0);
    const agent::pipe_ends pair{descriptor(both[0]), descriptor(both[1])};
    lending_pipe pipe(pair.write.get());
    const auto bytes = filled('1');
    const auto wrote = pipe.write(view(bytes), bytes);
    BOOST_REQUIRE(wrote > 0);
    BOOST_TEST(!pipe.lends());
    BOOST_TEST(read_from(pair, large) == std::string(static_cast<std::size_t>(wrote), '1'));
}

BOOST_AUTO_TEST_SUITE_END()
