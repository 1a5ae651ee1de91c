// How late does the reactor get to other work while it opens many links? A timer of 5 ms runs on it
// while a link, with its control agent, is opened to every remote of the configuration named by
// GUILD_CONFIG; its lateness is printed, and how much of it is not time in which another process
// had the processor that this one waited for (the servers share it here):
//
//     bench_reactor_delay
#include "bench/many_links.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <vector>

using namespace outrider;

namespace {

using clock_type = std::chrono::steady_clock;
constexpr std::chrono::milliseconds period{5};

class bench {
  public:
    explicit bench(asio::io_context& reactor) : reactor_(reactor), links_(reactor.get_executor()) {}

    awaitable<void> run() {
        task_group ticking(reactor_.get_executor());
        ticking.spawn("ticks", [this] { return tick(); });
        const auto opened = co_await links_.open(0, links_.count());
        done_ = true;
        co_await ticking.join();
        fmt::print("{} links opened in {:.2f} s, {} failed\n", links_.count(), opened.count(),
                   links_.failed());
        report("a timer of 5 ms was late by", late_);
        report("of it without waiting for a processor", own_);
        co_await links_.close();
    }

    [[nodiscard]] bool good() const { return links_.failed() == 0; }

  private:
    // What this thread waited for a processor so far, milliseconds.
    static double waited() {
        std::ifstream in("/proc/thread-self/schedstat");
        double ran = 0;
        double waited = 0;
        in >> ran >> waited;
        return waited / 1e6;
    }

    awaitable<void> tick() {
        asio::steady_timer timer(reactor_);
        while (!done_) {
            const double before = waited();
            const auto due = clock_type::now() + period;
            timer.expires_at(due);
            co_await timer.async_wait(asio::use_awaitable);
            const double late =
                std::chrono::duration<double, std::milli>(clock_type::now() - due).count();
            late_.push_back(late);
            own_.push_back(std::max(0.0, late - (waited() - before)));
        }
    }

    static void report(const char* what, std::vector<double>& values) {
        std::sort(values.begin(), values.end());
        const auto at = [&values](double share) {
            return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
        };
        fmt::print("{}: median {:.2f} ms, 99 % {:.2f} ms, most {:.2f} ms ({} times)\n", what,
                   at(0.5), at(0.99), at(1), values.size());
    }

    asio::io_context& reactor_;
    many_links links_;
    std::vector<double> late_; // milliseconds
    std::vector<double> own_;  // of them
    bool done_ = false;
};

} // namespace

int main() {
    spdlog::set_level(spdlog::level::warn);
    asio::io_context reactor(1);
    bench one(reactor);
    run_to_end(reactor, one);
    return one.good() ? 0 : 1;
}
