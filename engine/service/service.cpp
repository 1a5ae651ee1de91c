#include "engine/service/service.hpp"

#include "engine/commands/session/engine_resources.hpp"
#include "engine/fleet/machine_watch.hpp"
#include "engine/fleet/run_rows.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/service/standing_jobs.hpp"

namespace outrider {
namespace {

void publish(news_hub& hub, const machine_memory& machine,
             const std::vector<memory_change>& changes) {
    for (const auto& each : changes) {
        hub.publish(
            run_news{.remote = machine.remote, .change = each.what, .run = row_of(each.run)});
    }
}

} // namespace

std::string state_directory(const std::map<std::string, std::string>& environment) {
    const auto value = [&](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::string() : found->second;
    };
    const auto state = value("XDG_STATE_HOME");
    return (state.starts_with('/') ? state : value("HOME") + "/.local/state") + "/outrider";
}

class service::state {
  public:
    explicit state(service_options options) : options_(std::move(options)) {}

    awaitable<result<>> run(engine& heart, engine_resources& with) {
        const auto executor = co_await asio::this_coro::executor;
        notifier stopping(executor);
        standing_jobs* jobs_told = nullptr;
        run_memory memory(
            [&](const machine_memory& machine, const std::vector<memory_change>& changes) {
                publish(with.news, machine, changes);
                if (jobs_told != nullptr) {
                    jobs_told->runs_changed(machine);
                }
            });
        machine_watches watches(executor, memory, options_.idle_limit);
        standing_jobs jobs(executor, heart, with, options_.state_directory + "/jobs",
                           *options_.sender);
        co_await jobs.read();
        service_parts parts{.memory = memory, .watches = watches, .jobs = jobs};
        with.service = &parts;
        jobs_told = &jobs;
        stop_ = [&] {
            jobs.stopping();
            stopping.notify();
        };
        jobs.begin();
        while (!stopped_ && co_await stopping.wait()) {
        }
        stop_ = {};
        co_await asio::this_coro::reset_cancellation_state();
        co_await jobs.close();
        co_await watches.close();
        with.service = nullptr;
        co_return result<>();
    }

    void stop() {
        stopped_ = true;
        if (stop_) {
            stop_();
        }
    }

  private:
    service_options options_;
    std::function<void()> stop_; // while it runs
    bool stopped_ = false;
};

service::service(service_options options) : state_(std::make_unique<state>(std::move(options))) {}
service::~service() = default;

awaitable<result<>> service::run(engine& heart, engine_resources& with) {
    co_return co_await state_->run(heart, with);
}

void service::stop() {
    state_->stop();
}

} // namespace outrider
