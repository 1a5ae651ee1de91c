// How late does the reactor get to other work while it opens many links? A timer of 5 ms runs on it
// while a link, with its control agent, is opened to every remote of the configuration named by
// GUILD_CONFIG; its lateness is printed:
//
//     bench_reactor_delay
#include "bench/many_links.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>

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
        report();
        co_await links_.close();
    }

    [[nodiscard]] bool good() const { return links_.failed() == 0; }

  private:
    awaitable<void> tick() {
        asio::steady_timer timer(reactor_);
        while (!done_) {
            const auto due = clock_type::now() + period;
            timer.expires_at(due);
            co_await timer.async_wait(asio::use_awaitable);
            late_.push_back(
                std::chrono::duration<double, std::milli>(clock_type::now() - due).count());
        }
    }

    void report() {
        std::sort(late_.begin(), late_.end());
        const auto at = [this](double share) {
            return late_[static_cast<std::size_t>(share * static_cast<double>(late_.size() - 1))];
        };
        fmt::print("a timer of 5 ms was late by: median {:.2f} ms, 99 % {:.2f} ms, most {:.2f} ms "
                   "({} times)\n",
                   at(0.5), at(0.99), at(1), late_.size());
    }

    asio::io_context& reactor_;
    many_links links_;
    std::vector<double> late_; // milliseconds
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
