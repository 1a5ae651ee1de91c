// How late does the reactor get to other work while it opens many links? A timer of 5 ms runs on it
// while a link, with its control agent, is opened to every remote of the configuration named by
// GUILD_CONFIG; its lateness is printed:
//
//     bench_reactor_delay
#include "bench/process_environment.hpp"
#include "engine/config/config.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/remotes/link_pool.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
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
    explicit bench(asio::io_context& reactor)
        : reactor_(reactor), pool_(reactor.get_executor(), transports()) {}

    awaitable<void> run() {
        const auto context = context_of_this_process();
        const auto settings =
            load_config({.directory = "/", .environment = context.environment}).value();
        const auto remotes = list_remotes(settings);
        task_group ticking(reactor_.get_executor());
        ticking.spawn("ticks", [this] { return tick(); });
        const auto start = clock_type::now();
        task_group opening(reactor_.get_executor());
        for (const auto& each : remotes) {
            const auto to = find_remote(settings, each.name).value();
            opening.spawn(to.name, [this, to] { return open(to); });
        }
        co_await opening.join();
        const std::chrono::duration<double> opened = clock_type::now() - start;
        done_ = true;
        co_await ticking.join();
        fmt::print("{} links opened in {:.2f} s, {} failed\n", remotes.size(), opened.count(),
                   failed_);
        report();
        co_await pool_.close();
    }

    [[nodiscard]] bool good() const { return failed_ == 0; }

  private:
    static std::vector<std::unique_ptr<transport>> transports() {
        std::vector<std::unique_ptr<transport>> out;
        out.push_back(make_ssh_transport());
        return out;
    }

    awaitable<void> open(remote to) {
        auto agent = co_await pool_.find(to).value()->control(context_of_this_process());
        if (!agent) {
            ++failed_;
            fmt::print(stderr, "{}\n", agent.error().context);
        }
    }

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
    link_pool pool_;
    std::vector<double> late_; // milliseconds
    bool done_ = false;
    int failed_ = 0;
};

} // namespace

int main() {
    spdlog::set_level(spdlog::level::warn);
    asio::io_context reactor(1);
    bench one(reactor);
    asio::co_spawn(
        reactor, [&one] { return one.run(); },
        [](std::exception_ptr error) {
            if (error) {
                std::rethrow_exception(error);
            }
        });
    reactor.run();
    return one.good() ? 0 : 1;
}
