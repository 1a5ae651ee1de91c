#include "engine/commands/pools/drive_sweep.hpp"

#include "engine/commands/pools/pool_sweep.hpp"
#include "engine/commands/pools/sweep_box.hpp"
#include "engine/json/described_json.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/runs/chosen_children.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <list>

namespace outrider {
namespace {

using namespace std::chrono_literals;

/// Longest that the machines may take to end their trials: less than a stop waits for.
constexpr auto end_limit = 20s;

struct read_plan {
    protocol::children_head head;
    std::vector<protocol::planned_child> children;
};

result<read_plan> plan_of(const run_paths& batch) {
    const auto bad = [&batch](const std::string& why) {
        return failure(errc::bad_input, batch.children().native() + ": " + why);
    };
    std::ifstream in(batch.children(), std::ios::binary);
    std::string line;
    if (!std::getline(in, line)) {
        return bad("there is no plan of a batch");
    }
    auto head = protocol::decode<protocol::children_head>(line);
    if (!head || !head->pool) {
        return bad(head ? "it is no plan for a pool" : head.error().context);
    }
    read_plan out{.head = std::move(*head), .children = {}};
    while (std::getline(in, line)) {
        auto child = protocol::decode<protocol::planned_child>(line);
        if (!child || !is_safe_name(child->id)) {
            return bad("it has a trial that cannot be a run");
        }
        out.children.push_back(std::move(*child));
    }
    return out;
}

/// The sweep and its boxes, from the first to the last.
class sweep_drive {
  public:
    sweep_drive(command_session& session, pool_sweep& sweep, sweep_packages& packages,
                const asio::any_io_executor& executor)
        : session_(session), sweep_(sweep), tasks_(executor), over_(executor), limit_(executor) {
        for (std::size_t i = 0; i < sweep.pool().machines.size(); ++i) {
            boxes_.emplace_back(session, sweep, packages, i, executor);
        }
    }
    sweep_drive(const sweep_drive&) = delete;
    sweep_drive& operator=(const sweep_drive&) = delete;
    ~sweep_drive() { session_.on_interrupt({}); }

    void wake() {
        for (auto& box : boxes_) {
            box.wake();
        }
        over_.notify();
    }

    awaitable<void> run() {
        session_.on_interrupt([this] { stop(); });
        left_ = boxes_.size();
        for (auto& box : boxes_) {
            tasks_.spawn("trials of " + box.name(), [this, &box]() -> awaitable<void> {
                co_await box.run();
                --left_;
                over_.notify();
            });
        }
        while (left_ > 0 && !late_ && !sweep_.over()) {
            if (!co_await over_.wait()) {
                break;
            }
        }
        tasks_.cancel(); // machines that do not answer
        limit_.cancel();
        co_await tasks_.join();
    }

  private:
    void stop() {
        if (sweep_.stopping()) {
            return;
        }
        // Whoever stops the run asks once more before long; the second time would end it at once.
        std::signal(SIGTERM, SIG_IGN);
        sweep_.say("INFO: [guild] Stopping batch (pending trials can be started as needed)");
        sweep_.stop(true);
        tasks_.spawn("limit of the end", [this]() -> awaitable<void> {
            limit_.expires_after(end_limit);
            const auto [error] = co_await limit_.async_wait(asio::as_tuple(asio::use_awaitable));
            late_ = late_ || !error;
            over_.notify();
        });
    }

    command_session& session_;
    pool_sweep& sweep_;
    std::list<sweep_box> boxes_;
    task_group tasks_;
    notifier over_;
    asio::steady_timer limit_;
    std::size_t left_ = 0; // boxes that still run
    bool late_ = false;
};

// As a stopped operation ends: by its exit code nobody could tell it from one that failed.
outcome end_by_signal() {
    std::signal(SIGTERM, SIG_DFL);
    std::raise(SIGTERM);
    return outcome{-SIGTERM};
}

} // namespace

awaitable<result<outcome>> drive_sweep(command_session& session, std::string directory) {
    ::dup2(STDOUT_FILENO, STDERR_FILENO); // its lines are the output of a run
    const run_paths batch{directory};
    auto plan = plan_of(batch);
    if (!plan) {
        co_return plan.error();
    }
    auto record = sweep_record::open(batch.ours() / "placements");
    if (!record) {
        co_return record.error();
    }
    auto here = co_await session.find_target({});
    if (!here) {
        co_return here.error();
    }
    if (auto agent = co_await session.agent(*here); !agent) {
        co_return agent.error();
    }
    sweep_packages packages(here->over->hello().machine.cache_directory);
    sweep_drive* drive = nullptr;
    pool_sweep sweep(
        std::move(plan->head), batch, std::move(*record),
        [&session](const std::string& text) { session.emit(note{.text = text}); },
        [&drive] {
            if (drive != nullptr) {
                drive->wake();
            }
        });
    const auto chosen = read_chosen_children(batch);
    if (auto begun = sweep.begin(std::move(plan->children), chosen); !begun) {
        co_return begun.error();
    }
    sweep.say(fmt::format("INFO: [guild] Trials run on {}: {}", sweep.pool().name,
                          fmt::join(sweep.pool().machines, ", ")));
    sweep_drive all(session, sweep, packages, co_await asio::this_coro::executor);
    drive = &all;
    co_await all.run();
    drive = nullptr;
    sweep.say("INFO: [guild] " + sweep.sum());
    if (sweep.broken()) {
        co_return *sweep.broken();
    }
    if (sweep.ends_running()) {
        co_return end_by_signal();
    }
    if (!sweep.over()) {
        co_return failure(errc::not_found,
                          fmt::format("no machine of {} takes the {} trials that are left",
                                      sweep.pool().name, sweep.waiting()));
    }
    co_return outcome{sweep.exit_code()};
}

} // namespace outrider
