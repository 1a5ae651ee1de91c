#pragma once

#include "cli/caller.hpp"
#include "engine/config/config.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/remotes/link_pool.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <fmt/core.h>

#include <exception>
#include <utility>

namespace outrider {

/// To connect as a command of this process would.
inline connect_context context_of_this_process() {
    connect_context out;
    out.environment = cli::own_environment();
    return out;
}

/// Links, with their control agents, to the remotes of the configuration that GUILD_CONFIG names.
class many_links {
  public:
    explicit many_links(asio::any_io_executor executor)
        : executor_(executor), context_(context_of_this_process()), pool_(executor, transports()) {
        const auto settings =
            load_config({.directory = "/", .environment = context_.environment}).value();
        for (const auto& row : list_remotes(settings)) {
            remotes_.push_back(find_remote(settings, pool_.types(), row.name).value());
        }
    }

    [[nodiscard]] std::size_t count() const { return remotes_.size(); }
    /// How many could not be opened; standard error says why.
    [[nodiscard]] int failed() const { return failed_; }

    /// Opens those with these numbers, all at once; returns how long it took.
    awaitable<std::chrono::duration<double>> open(std::size_t first, std::size_t end) {
        const auto start = std::chrono::steady_clock::now();
        task_group opening(executor_);
        for (auto i = first; i < end; ++i) {
            opening.spawn(remotes_[i].name, [this, i] { return open_one(remotes_[i]); });
        }
        co_await opening.join();
        co_return std::chrono::steady_clock::now() - start;
    }

    awaitable<void> close() { return pool_.close(); }

  private:
    static std::vector<std::unique_ptr<transport>> transports() {
        std::vector<std::unique_ptr<transport>> out;
        out.push_back(make_ssh_transport());
        return out;
    }

    awaitable<void> open_one(remote to) {
        auto agent = co_await pool_.find(to).value()->control(context_);
        if (!agent) {
            ++failed_;
            fmt::print(stderr, "{}\n", agent.error().context);
        }
    }

    asio::any_io_executor executor_;
    connect_context context_;
    std::vector<remote> remotes_;
    link_pool pool_;
    int failed_ = 0;
};

/// Runs `one.run()` on the reactor, to the end of all that it started.
template <class Bench>
void run_to_end(asio::io_context& reactor, Bench& one) {
    asio::co_spawn(
        reactor, [&one] { return one.run(); },
        [](std::exception_ptr error) {
            if (error) {
                std::rethrow_exception(error);
            }
        });
    reactor.run();
}

} // namespace outrider
