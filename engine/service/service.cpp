#include "engine/service/service.hpp"

#include "engine/reactor/notifier.hpp"
#include "engine/service/standing_jobs.hpp"

namespace outrider {

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

    awaitable<result<>> run(command_queue& commands, engine_resources& with) {
        const auto executor = co_await asio::this_coro::executor;
        notifier stopping(executor);
        with.jobs.reset(); // of an earlier run, before what it works with
        with.machines = std::make_unique<known_machines>(executor, with.news, options_.idle_limit);
        auto owned = std::make_unique<standing_jobs>(executor, options_.state_directory + "/jobs",
                                                     standing_job_parts{.commands = commands,
                                                                        .links = with.links,
                                                                        .machines = *with.machines,
                                                                        .sender = options_.sender});
        auto& jobs = *owned;
        co_await jobs.read();
        with.jobs = std::move(owned);
        with.machines->on_change(
            [&jobs](const machine_memory& machine) { jobs.runs_changed(machine); });
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
        co_await with.machines->close();
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

awaitable<result<>> service::run(command_queue& commands, engine_resources& with) {
    co_return co_await state_->run(commands, with);
}

void service::stop() {
    state_->stop();
}

} // namespace outrider
