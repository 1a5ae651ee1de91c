#include "tests/support/service_scene.hpp"

#include "engine/config/config.hpp"
#include "transports/local/local_transport.hpp"
#include "transports/outside_messenger.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <signal.h>
#include <spdlog/spdlog.h>

#include <stdexcept>

namespace outrider::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;

/// The way to a home on this machine that can be closed.
class closable_transport final : public transport {
  public:
    explicit closable_transport(const bool& open) : open_(open), local_(make_local_transport()) {}

    [[nodiscard]] const remote_type& type() const override { return local_->type(); }
    awaitable<std::vector<finding>> examine(const remote& to,
                                            const connect_context& context) override {
        co_return co_await local_->examine(to, context);
    }
    awaitable<result<std::unique_ptr<connection>>>
    connect(const remote& to, const connect_context& context) override {
        if (!open_ && to.name != this_machine_name) {
            co_return failure(errc::connect_failed, to.name + ": connection refused");
        }
        if (!context.environment.contains("HOME")) { // and it would be another user's machine
            co_return failure(errc::internal, to.name + ": whose environment is this?");
        }
        co_return co_await local_->connect(to, context);
    }

  private:
    const bool& open_;
    std::unique_ptr<transport> local_;
};

class script_resident final : public resident {
  public:
    explicit script_resident(
        std::function<awaitable<void>(command_queue&, engine_resources&)> script)
        : script_(std::move(script)) {}
    awaitable<result<>> run(command_queue& commands, engine_resources& with) override {
        try {
            co_await script_(commands, with);
        } catch (...) {
            error = std::current_exception();
        }
        commands.interrupt();
        co_return result<>();
    }
    void stop() override {}

    std::exception_ptr error;

  private:
    std::function<awaitable<void>(command_queue&, engine_resources&)> script_;
};

} // namespace

service_scene::service_scene() {
    spdlog::set_level(spdlog::level::warn);
    fs::create_directories(far.root / "user");
    fs::create_directories(far.root / "near/runs");
    write(far.root / "config.yml",
          "remotes:\n  gpu1:\n    type: local\n    guild-home: " + far.home.native() + "\n");
    options.state_directory = far.root / "state";
    options.sender = make_messenger();
}

command_context service_scene::context() const {
    command_context context;
    context.directory = far.root.native();
    context.assume_yes = true;
    context.environment = {{"HOME", far.root / "user"},
                           {"GUILD_HOME", far.root / "near"},
                           {"GUILD_CONFIG", far.root / "config.yml"},
                           {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    return context;
}

void service_scene::serve(std::function<awaitable<void>()> script) {
    std::vector<std::unique_ptr<transport>> transports;
    transports.push_back(std::make_unique<closable_transport>(open));
    engine served(std::move(transports));
    served.add(std::make_unique<service>(options));
    auto scripted = std::make_unique<script_resident>(
        [this, &script](command_queue& running, engine_resources& with) -> awaitable<void> {
            commands_ = &running;
            with_ = &with;
            co_await until("the service has begun", [&with] { return with.jobs != nullptr; });
            co_await script();
        });
    const auto& ended = *scripted;
    served.add(std::move(scripted));
    served.run();
    commands_ = nullptr;
    with_ = nullptr;
    if (ended.error) {
        std::rethrow_exception(ended.error);
    }
}

awaitable<command_told> service_scene::perform(command what) {
    command_told told;
    bool over = false;
    notifier ended(co_await asio::this_coro::executor);
    auto tell = [&](const event& said, const std::string&) {
        told.events.push_back(said);
        if (const auto* last = std::get_if<command_ended>(&said)) {
            told.error = last->error;
            over = true;
            ended.notify();
        }
    };
    auto ask = [](const question&, answer_taker give) { give(std::nullopt); };
    const auto submitted =
        commands_->submit(std::move(what), context(), {.tell = tell, .ask = ask});
    if (!submitted) {
        throw std::runtime_error(submitted.error().context);
    }
    while (!over) {
        co_await ended.wait();
    }
    co_return told;
}

awaitable<runs_listed> service_scene::list(list_command what) {
    what.remote = "gpu1";
    const auto told = co_await perform(what);
    if (told.error) {
        throw std::runtime_error("the listing failed: " + told.error->context);
    }
    co_return *told.find<runs_listed>();
}

awaitable<runs_listed> service_scene::listed_when(std::string what,
                                                  std::function<bool(const runs_listed&)> holds) {
    const auto end = std::chrono::steady_clock::now() + patience;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    const auto heard = with_->news.subscribe({}, [&pause] { pause.cancel(); });
    for (;;) {
        auto listed = co_await list();
        if (!listed.remembered.empty() && holds(listed)) {
            co_return listed;
        }
        if (std::chrono::steady_clock::now() > end) {
            throw std::runtime_error("in vain waited until " + what);
        }
        pause.expires_after(200ms);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

awaitable<void> service_scene::until(std::string what, std::function<bool()> holds) {
    const auto end = std::chrono::steady_clock::now() + patience;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    const auto heard = with_->news.subscribe({}, [&pause] { pause.cancel(); });
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) {
            throw std::runtime_error("in vain waited until " + what);
        }
        pause.expires_after(50ms);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void service_scene::kill_agent() {
    const auto settings = load_config(context());
    const auto to = find_remote(settings.value(), with_->links.types(), "gpu1");
    const auto over = with_->links.find(to.value());
    ::kill(static_cast<pid_t>(over.value()->hello().machine.agent_pid), SIGKILL);
}

} // namespace outrider::testing
