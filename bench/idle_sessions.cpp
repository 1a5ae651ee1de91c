// What do idle links cost? Opens a link, with its control agent, to every remote of the
// configuration named by GUILD_CONFIG, and prints what the engine's process then holds and uses:
//
//     bench_idle_sessions SECONDS
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
        : reactor_(reactor), seconds_(seconds), pool_(reactor.get_executor(), transports()) {}

    awaitable<void> run() {
        const auto context = context_of_this_process();
        const auto settings =
            load_config({.directory = "/", .environment = context.environment}).value();
        const auto remotes = list_remotes(settings);
        // The first link loads keys, libraries and locales, which all others share.
        co_await open(find_remote(settings, remotes.front().name).value());
        const long before = resident_kib();
        const auto start = std::chrono::steady_clock::now();
        task_group opening(reactor_.get_executor());
        for (std::size_t i = 1; i < remotes.size(); ++i) {
            const auto to = find_remote(settings, remotes[i].name).value();
            opening.spawn(to.name, [this, to] { return open(to); });
        }
        co_await opening.join();
        const std::chrono::duration<double> opened = std::chrono::steady_clock::now() - start;
        const auto count = static_cast<double>(remotes.size() - 1);
        const long after = resident_kib();
        fmt::print("{} links opened in {:.2f} s, {} failed\n", count, opened.count(), failed_);
        fmt::print("resident: {} KiB with one link, {} KiB with all: {:.1f} KiB a session\n",
                   before, after, static_cast<double>(after - before) / count);
        const double used = processor_seconds();
        asio::steady_timer idle(reactor_, std::chrono::seconds(seconds_));
        co_await idle.async_wait(asio::use_awaitable);
        fmt::print("idle for {} s: {:.1f} ms of processor time, {:.3f} % of one core\n", seconds_,
                   (processor_seconds() - used) * 1e3,
                   (processor_seconds() - used) * 100 / seconds_);
        co_await pool_.close();
    }

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

    asio::io_context& reactor_;
    int seconds_;
    link_pool pool_;
    int failed_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: bench_idle_sessions SECONDS\n");
        return 2;
    }
    asio::io_context reactor(1);
    bench one(reactor, std::atoi(argv[1]));
    asio::co_spawn(
        reactor, [&one] { return one.run(); },
        [](std::exception_ptr error) {
            if (error) {
                std::rethrow_exception(error);
            }
        });
    reactor.run();
    return 0;
}
