// How much does a large pull delay what else is done on the same remote? One engine with one link:
// watches a run that prints the time every 20 ms, pings the agent and lists the runs there, first
// alone and then while runs are pulled over the same link.
//
//     bench_control_latency REMOTE TICKING_RUN IDLE_SECONDS RUN_TO_PULL…
//
// The watched run prints its CLOCK_MONOTONIC in ns, a line each time, on this machine.
#include "bench/many_links.hpp"
#include "cli/caller.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/reactor/task_group.hpp"
#include "transports/local/local_transport.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

using namespace outrider;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock; // CLOCK_MONOTONIC
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr auto call_limit = 60s;
constexpr auto pause_between_requests = 10ms;

struct delays {
    std::vector<double> idle;   ///< ms
    std::vector<double> loaded; ///< ms, during the pull
};

struct figures {
    double median = 0;
    double most_of_them = 0; ///< 95 %
    double most = 0;
};

figures figures_of(std::vector<double> values) {
    if (values.empty()) {
        return {};
    }
    std::ranges::sort(values);
    return {.median = values[values.size() / 2],
            .most_of_them = values[values.size() * 95 / 100],
            .most = values.back()};
}

void print_row(const char* name, const delays& measured) {
    const auto alone = figures_of(measured.idle);
    const auto loaded = figures_of(measured.loaded);
    fmt::print("| {} | {:.1f}, {:.1f}, {:.1f} ms ({}) | {:.1f}, {:.1f}, {:.1f} ms ({}) | "
               "{:.1f}, {:.1f}, {:.1f} ms |\n",
               name, alone.median, alone.most_of_them, alone.most, measured.idle.size(),
               loaded.median, loaded.most_of_them, loaded.most, measured.loaded.size(),
               loaded.median - alone.median, loaded.most_of_them - alone.most_of_them,
               loaded.most - alone.most);
}

std::vector<std::unique_ptr<transport>> transports() {
    std::vector<std::unique_ptr<transport>> out;
    out.push_back(make_ssh_transport());
    out.push_back(make_local_transport());
    return out;
}

struct wanted {
    std::string remote;
    std::string ticking;
    int idle_seconds = 0;
    std::vector<std::string> pulled;
};

class bench {
  public:
    bench(asio::io_context& reactor, wanted what)
        : reactor_(reactor), what_(std::move(what)),
          resources_(reactor.get_executor(), transports()) {}

    awaitable<void> run() {
        task_group others(reactor_.get_executor());
        others.spawn("watch", [this] { return watch(); });
        others.spawn("ping", [this] { return ping(); });
        others.spawn("list", [this] { return list(); });
        // The link is opened, the index read, and what the run printed so far is shown.
        co_await pause(2s);
        now_ = phase::idle;
        co_await pause(std::chrono::seconds(what_.idle_seconds));
        now_ = phase::loaded;
        const auto start = clock_type::now();
        const auto pulled = co_await perform_quietly(
            pull_command{.remote = what_.remote, .selection = {.runs = what_.pulled}});
        const std::chrono::duration<double> taken = clock_type::now() - start;
        now_ = phase::none;
        others.cancel();
        co_await others.join();
        co_await resources_.links.close();
        pulled.value(); // no figures of a pull that failed
        fmt::print("Pulled {} runs in {:.2f} s.\n\n", what_.pulled.size(), taken.count());
        fmt::print("| median, 95 %, most | alone | during the pull | added |\n"
                   "| --- | --- | --- | --- |\n");
        print_row("a printed line to the watch", watched_);
        print_row("a ping of the agent", pinged_);
        print_row("`runs`", listed_);
    }

  private:
    enum class phase { none, idle, loaded };

    awaitable<void> pause(clock_type::duration time) {
        asio::steady_timer timer(reactor_, time);
        co_await timer.async_wait(asio::use_awaitable);
    }

    void note_delay(delays& of, clock_type::duration taken) {
        const double value = milliseconds(taken).count();
        if (now_ != phase::none) {
            (now_ == phase::idle ? of.idle : of.loaded).push_back(value);
        }
    }

    command_session session(std::function<void(const event&)> sink) {
        return {{.directory = "/", .environment = cli::own_environment(), .assume_yes = true},
                {.tell = [sink = std::move(sink)](const event& told,
                                                  const std::string&) { sink(told); },
                 .ask = [](const question&, answer_taker give) { give(std::nullopt); }},
                resources_};
    }

    template <class Command>
    awaitable<result<outcome>> perform_quietly(Command what) {
        auto one = session([](const event&) {});
        co_return co_await perform(performer{one}, std::move(what));
    }

    awaitable<void> watch() {
        auto one = session([this](const event& told) {
            if (const auto* output = std::get_if<output_bytes>(&told)) {
                hear(output->bytes);
            }
        });
        std::ignore = co_await perform( // it is cancelled in the end
            performer{one},
            watch_command{.remote = what_.remote, .selection = {.runs = {what_.ticking}}});
    }

    void hear(const std::string& bytes) {
        held_ += bytes;
        for (auto end = held_.find('\n'); end != std::string::npos; end = held_.find('\n')) {
            std::int64_t printed = 0;
            const auto [at, error] = std::from_chars(held_.data(), held_.data() + end, printed);
            if (error == std::errc()) {
                note_delay(watched_, clock_type::now().time_since_epoch() -
                                         std::chrono::nanoseconds(printed));
            }
            held_.erase(0, end + 1);
        }
    }

    awaitable<void> ping() {
        auto one = session([](const event&) {});
        const auto at = (co_await one.find_target(what_.remote)).value();
        for (;;) {
            const auto agent = (co_await one.agent(at)).value();
            const auto start = clock_type::now();
            (co_await agent->call(protocol::ping{}, call_limit)).value();
            note_delay(pinged_, clock_type::now() - start);
            co_await pause(pause_between_requests);
        }
    }

    awaitable<void> list() {
        for (;;) {
            const auto start = clock_type::now();
            (co_await perform_quietly(list_command{.remote = what_.remote})).value();
            note_delay(listed_, clock_type::now() - start);
            co_await pause(pause_between_requests);
        }
    }

    asio::io_context& reactor_;
    wanted what_;
    engine_resources resources_;
    phase now_ = phase::none;
    std::string held_; ///< output of the watched run without the end of its line
    delays watched_;
    delays pinged_;
    delays listed_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        fmt::print(stderr, "usage: bench_control_latency REMOTE TICKING_RUN IDLE_SECONDS "
                           "RUN_TO_PULL...\n");
        return 2;
    }
    spdlog::set_level(spdlog::level::warn);
    asio::io_context reactor(1);
    bench one(reactor, {.remote = argv[1],
                        .ticking = argv[2],
                        .idle_seconds = std::atoi(argv[3]),
                        .pulled = {argv + 4, argv + argc}});
    run_to_end(reactor, one);
    return 0;
}
