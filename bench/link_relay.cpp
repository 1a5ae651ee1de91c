// A slow link between two network namespaces, where the kernel has no netem: makes a TUN device in
// each and carries the packets from one to the other, each direction at a rate of its own and with
// a delay. What waits beyond a queue of 100 ms is dropped, as a router does it.
//
//     bench_link_relay NAMESPACE NAMESPACE DEVICE DELAY_MS MBIT_PER_S
//
// Prints "ready" once both devices are there, and lives until it is killed.
#include <fmt/core.h>

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <string>
#include <tuple>

namespace {

using clock_type = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t largest_packet = 64 * 1024;
constexpr auto longest_queue = 100ms;

int open_tun(const std::string& network, const char* device) {
    const int space = ::open(("/run/netns/" + network).c_str(), O_RDONLY | O_CLOEXEC);
    if (space < 0 || ::setns(space, CLONE_NEWNET) != 0) {
        throw std::runtime_error("no network namespace " + network);
    }
    ::close(space);
    const int tun = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    ifreq asked{};
    asked.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::strncpy(asked.ifr_name, device, IFNAMSIZ - 1);
    if (tun < 0 || ::ioctl(tun, TUNSETIFF, &asked) != 0) {
        throw std::runtime_error("no TUN device in " + network);
    }
    return tun;
}

// One direction.
class wire {
  public:
    wire(int from, int to, std::chrono::nanoseconds delay, double bytes_per_second)
        : from_(from), to_(to), delay_(delay), seconds_per_byte_(1 / bytes_per_second) {}

    void take(clock_type::time_point now) {
        static char packet[largest_packet];
        for (;;) {
            const auto size = ::read(from_, packet, sizeof packet);
            if (size <= 0) {
                return;
            }
            const auto start = std::max(now, free_at_);
            if (start - now > longest_queue) {
                continue;
            }
            const std::chrono::duration<double> taken(static_cast<double>(size) *
                                                      seconds_per_byte_);
            free_at_ = start + std::chrono::duration_cast<clock_type::duration>(taken);
            under_way_.push_back(
                {free_at_ + delay_, std::string(packet, static_cast<std::size_t>(size))});
        }
    }

    void deliver(clock_type::time_point now) {
        while (!under_way_.empty() && under_way_.front().due <= now) {
            const auto& bytes = under_way_.front().bytes;
            std::ignore = ::write(to_, bytes.data(), bytes.size()); // a lost packet is sent again
            under_way_.pop_front();
        }
    }

    [[nodiscard]] clock_type::time_point next_due() const {
        return under_way_.empty() ? clock_type::time_point::max() : under_way_.front().due;
    }

  private:
    struct packet_under_way {
        clock_type::time_point due;
        std::string bytes;
    };

    int from_;
    int to_;
    std::chrono::nanoseconds delay_;
    double seconds_per_byte_;
    clock_type::time_point free_at_{}; ///< the last packet has left the sender
    std::deque<packet_under_way> under_way_;
};

void run(int one, int other, std::chrono::nanoseconds delay, double bytes_per_second) {
    wire forth(one, other, delay, bytes_per_second);
    wire back(other, one, delay, bytes_per_second);
    pollfd waiting[] = {{.fd = one, .events = POLLIN, .revents = 0},
                        {.fd = other, .events = POLLIN, .revents = 0}};
    for (;;) {
        const auto now = clock_type::now();
        const auto due = std::min(forth.next_due(), back.next_due());
        timespec left{.tv_sec = 3600, .tv_nsec = 0};
        if (due != clock_type::time_point::max()) {
            const auto wait = std::max<clock_type::duration>(due - now, 0ns);
            left = {.tv_sec = wait / 1s, .tv_nsec = (wait % 1s).count()};
        }
        ::ppoll(waiting, 2, &left, nullptr);
        const auto later = clock_type::now();
        forth.take(later);
        back.take(later);
        forth.deliver(later);
        back.deliver(later);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        fmt::print(stderr, "usage: bench_link_relay NAMESPACE NAMESPACE DEVICE DELAY_MS "
                           "MBIT_PER_S\n");
        return 2;
    }
    try {
        const int one = open_tun(argv[1], argv[3]);
        const int other = open_tun(argv[2], argv[3]);
        fmt::print("ready\n");
        std::fflush(stdout);
        run(one, other, std::chrono::milliseconds(std::atoi(argv[4])),
            std::atof(argv[5]) * 1e6 / 8);
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_link_relay: {}\n", error.what());
        return 1;
    }
}
