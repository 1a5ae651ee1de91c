// A link whose packets vanish: nothing is refused, nothing is closed. The test, the server and the
// program share a network of their own, whose only device is taken down.
#include "tests/e2e/killing.hpp"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

using namespace outrider::testing;
using namespace std::chrono_literals;

namespace {

bool set_loopback(bool up) {
    const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq device{};
    std::strcpy(device.ifr_name, "lo");
    bool done = any >= 0 && ::ioctl(any, SIOCGIFFLAGS, &device) == 0;
    const int flags = device.ifr_flags;
    device.ifr_flags = static_cast<short>(up ? flags | IFF_UP : flags & ~IFF_UP);
    done = done && ::ioctl(any, SIOCSIFFLAGS, &device) == 0;
    ::close(any);
    return done;
}

// From then on this process, and what it starts, has a network of its own.
boost::test_tools::assertion_result own_network(boost::unit_test::test_unit_id /*test*/) {
    static const bool made = ::unshare(CLONE_NEWNET) == 0 && set_loopback(true);
    boost::test_tools::assertion_result out(made);
    out.message() << "this system gives no network namespace";
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dropped_packets, *boost::unit_test::precondition(own_network))

BOOST_AUTO_TEST_CASE(a_watch_whose_packets_vanish_says_so_once_and_goes_on_at_the_byte) {
    scene<over_ssh> at;
    constexpr int count = 8000;
    const auto id = at.start({"lines", "count=" + std::to_string(count), "pause=0.004"});
    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_out("line 000100\n");
    const auto vanished = std::chrono::steady_clock::now();
    BOOST_REQUIRE(set_loopback(false));
    watch.wait_for_err("trying again", 60s);
    // 13 s where nothing else of this machine runs.
    BOOST_TEST_MESSAGE("noticed after " << (std::chrono::steady_clock::now() - vanished) / 1ms
                                        << " ms");
    BOOST_REQUIRE(set_loopback(true));
    watch.wait_for_err("The link to gpu1 is back", 90s);
    const auto ended = watch.finish(120s);
    check_exit(ended, 0);
    BOOST_TEST((ended.out == numbered_lines(count)), "the output is not whole or not in order");
    BOOST_TEST(count_of("trying again", ended.err) == 1);
    BOOST_TEST(count_of("The link to gpu1 is back", ended.err) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
