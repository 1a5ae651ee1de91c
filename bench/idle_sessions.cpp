// What do idle links cost? Opens a link, with its control agent, to every remote of the
// configuration named by GUILD_CONFIG, and prints what the engine's process then holds and uses:
//
//     bench_idle_sessions SECONDS
#include "bench/many_links.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/core.h>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

using namespace outrider;

namespace {

// Resident memory of this process in KiB, without what malloc keeps for later.
long resident_kib() {
    ::malloc_trim(0);
    std::ifstream in("/proc/self/statm");
    long total = 0;
    long resident = 0;
    in >> total >> resident;
    return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

double processor_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

class bench {
  public:
    bench(asio::io_context& reactor, int seconds)
        : reactor_(reactor), seconds_(seconds), links_(reactor.get_executor()) {}

    awaitable<void> run() {
        // The first link loads keys, libraries and locales, which all others share.
        co_await links_.open(0, 1);
        const long before = resident_kib();
        const auto opened = co_await links_.open(1, links_.count());
        const auto count = static_cast<double>(links_.count() - 1);
        const long after = resident_kib();
        fmt::print("{} links opened in {:.2f} s, {} failed\n", count, opened.count(),
                   links_.failed());
        fmt::print("resident: {} KiB with one link, {} KiB with all: {:.1f} KiB a session\n",
                   before, after, static_cast<double>(after - before) / count);
        const double used = processor_seconds();
        asio::steady_timer idle(reactor_, std::chrono::seconds(seconds_));
        co_await idle.async_wait(asio::use_awaitable);
        fmt::print("idle for {} s: {:.1f} ms of processor time, {:.3f} % of one core\n", seconds_,
                   (processor_seconds() - used) * 1e3,
                   (processor_seconds() - used) * 100 / seconds_);
        co_await links_.close();
    }

  private:
    asio::io_context& reactor_;
    int seconds_;
    many_links links_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: bench_idle_sessions SECONDS\n");
        return 2;
    }
    asio::io_context reactor(1);
    bench one(reactor, std::atoi(argv[1]));
    run_to_end(reactor, one);
    return 0;
}
