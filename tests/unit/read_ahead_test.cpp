#include "transports/ssh/read_ahead.hpp"

#include "engine/core/descriptor.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

using namespace outrider;
using ssh::read_ahead;

namespace {

struct socket_pair {
    socket_pair() {
        int both[2];
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both) ==
                      0);
        near = descriptor(both[0]);
        far = descriptor(both[1]);
    }
    void send(std::string_view bytes) const {
        BOOST_REQUIRE(::write(far.get(), bytes.data(), bytes.size()) ==
                      static_cast<ssize_t>(bytes.size()));
    }
    [[nodiscard]] std::string receive(std::size_t size) const {
        std::string bytes(size, '\0');
        const auto got = outrider_libssh_recv(near.get(), bytes.data(), size, 0);
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        return bytes;
    }
    [[nodiscard]] short poll(short events) const {
        pollfd one{.fd = near.get(), .events = events, .revents = 0};
        return outrider_libssh_poll(&one, 1, 0) > 0 ? one.revents : short{0};
    }

    descriptor near;
    descriptor far;
};

} // namespace

BOOST_AUTO_TEST_SUITE(reading_ahead)

BOOST_AUTO_TEST_CASE(small_reads_are_served_from_one_large_one) {
    const socket_pair pair;
    pair.send("abcdef");
    const read_ahead ahead(pair.near.get());
    BOOST_TEST(pair.receive(2) == "ab");
    BOOST_TEST(ahead.unread() == 4U);
    BOOST_TEST(!ahead.may_have_more());
    char none;
    BOOST_TEST(::recv(pair.near.get(), &none, 1, 0) == -1); // all of it was taken
    BOOST_TEST(pair.receive(3) == "cde");
    BOOST_TEST(pair.receive(3) == "f");
    BOOST_TEST(pair.receive(3).empty());
    BOOST_TEST(errno == EAGAIN);
}

BOOST_AUTO_TEST_CASE(what_was_read_ahead_is_readable_and_comes_before_writing) {
    const socket_pair pair;
    const read_ahead ahead(pair.near.get());
    BOOST_TEST(pair.poll(POLLIN) == 0);
    pair.send("ab");
    BOOST_TEST(pair.poll(POLLIN) == POLLIN);
    BOOST_TEST(pair.receive(1) == "a");
    BOOST_TEST(pair.poll(POLLIN) == POLLIN);
    BOOST_TEST(pair.poll(POLLIN | POLLOUT) == POLLIN);
    BOOST_TEST(pair.poll(POLLOUT) == POLLOUT);
    BOOST_TEST(pair.receive(1) == "b");
    BOOST_TEST(pair.poll(POLLIN) == 0);
    BOOST_TEST(pair.poll(POLLIN | POLLOUT) == POLLOUT);
}

BOOST_AUTO_TEST_CASE(only_the_socket_it_was_made_for_is_read_ahead_and_only_as_long) {
    const socket_pair pair;
    const socket_pair other;
    other.send("abc");
    {
        const read_ahead ahead(pair.near.get());
        BOOST_TEST(other.receive(1) == "a");
        BOOST_TEST(ahead.unread() == 0U);
    }
    BOOST_TEST(other.receive(1) == "b");
    char rest;
    BOOST_TEST(::recv(other.near.get(), &rest, 1, 0) == 1);
}

BOOST_AUTO_TEST_CASE(the_end_and_a_full_buffer_are_told) {
    const socket_pair pair;
    const read_ahead ahead(pair.near.get());
    std::string sent;
    for (ssize_t wrote = 0; wrote >= 0;) { // as much as fits
        const std::string piece(10'000, static_cast<char>('a' + sent.size() / 10'000 % 26));
        wrote = ::write(pair.far.get(), piece.data(), piece.size());
        sent.append(piece, 0, static_cast<std::size_t>(std::max<ssize_t>(wrote, 0)));
    }
    BOOST_REQUIRE(sent.size() > 150'000U);
    std::string got = pair.receive(1);
    BOOST_TEST(ahead.may_have_more());
    while (got.size() < sent.size()) {
        got += pair.receive(4096);
    }
    BOOST_TEST((got == sent));
    BOOST_TEST(!ahead.may_have_more());
    ::shutdown(pair.far.get(), SHUT_WR);
    char none;
    BOOST_TEST(outrider_libssh_recv(pair.near.get(), &none, 1, 0) == 0);
}

BOOST_AUTO_TEST_CASE(a_copy_of_any_length_is_whole) {
    std::string from(10'000, '\0');
    for (std::size_t i = 0; i < from.size(); ++i) {
        from[i] = static_cast<char>(i * 31);
    }
    for (const std::size_t size : {0, 1, 2047, 2048, 2049, 4096, 9999}) {
        std::string to(from.size(), 'x');
        BOOST_TEST(outrider_libssh_memcpy(to.data(), from.data(), size) == to.data());
        BOOST_TEST(to.compare(0, size, from, 0, size) == 0);
        BOOST_TEST(to.find_first_not_of('x', size) == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
