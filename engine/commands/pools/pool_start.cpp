#include "engine/commands/pools/pool_start.hpp"

#include "engine/commands/pools/placement.hpp"
#include "engine/commands/pools/pool_machine.hpp"
#include "engine/commands/several/fan_out.hpp"
#include "engine/commands/starting/run_planning.hpp"
#include "engine/commands/starting/run_starting.hpp"
#include "engine/config/slots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace outrider {
namespace {

using namespace std::chrono_literals;

/// Longest that a machine may take to tell what it has free: its driver of GPUs has 10 s twice.
constexpr auto look_limit = 30s;
/// How often the machines are asked before the run is left to others.
constexpr int most_looks = 5;

awaitable<result<outcome>> ask_machine(command_session& session, std::string name,
                                       const run_command& what, std::vector<pool_member>& into) {
    auto at = co_await session.find_target(name);
    if (!at) {
        co_return at.error();
    }
    auto agent = co_await session.agent(*at);
    if (!agent) {
        co_return agent.error();
    }
    pool_member machine{
        .remote = std::move(name),
        .prefer = preference_of(at->to),
        .tags = tags_of(at->to),
        .rules = needs_of(at->to, what.trials.gpus_per_trial, what.trials.trials_per_gpu),
        .report = {}};
    auto report = co_await (*agent)->call(protocol::read_slots{.rules = machine.rules}, look_limit);
    if (!report) {
        co_return report.error();
    }
    machine.report = std::move(*report);
    into.push_back(std::move(machine));
    co_return outcome{};
}

// Those that answer, best first; of the others a line each is told. In the order of their names
// where nothing else decides, whoever answered first.
awaitable<result<std::vector<pool_member>>> ask_machines(command_session& session,
                                                         const std::vector<std::string>& names,
                                                         const run_command& what) {
    std::vector<pool_member> found;
    auto each = [&](command_session& own, std::string name) {
        return ask_machine(own, std::move(name), what, found);
    };
    std::vector<branch_end> ends;
    {
        fan_out over(session, names, each, co_await asio::this_coro::executor);
        ends = co_await over.run();
    }
    if (found.empty()) {
        auto verdict = branch_verdict(ends);
        co_return verdict ? failure(errc::not_found, "no machine of the pool answers")
                          : verdict.error();
    }
    std::ranges::sort(found, {}, [&](const pool_member& one) {
        return std::ranges::find(names, one.remote) - names.begin();
    });
    co_return best_first(std::move(found));
}

std::string offers_text(const std::vector<pool_member>& machines) {
    std::string out;
    for (const auto& each : machines) {
        out += fmt::format("\n{}: {}", each.remote, offer_text(each));
    }
    return out;
}

// What is left of the machines once those are out that cannot take the run at all.
result<std::vector<pool_member>> suitable(std::vector<pool_member> machines,
                                          const placement_condition& where, const std::string& pool,
                                          const std::string& text) {
    auto meeting = machines;
    std::erase_if(meeting, [&](const pool_member& one) { return !where.holds(one); });
    if (meeting.empty()) {
        return failure(errc::not_found, fmt::format("no machine of {} meets '{}'", pool, text));
    }
    auto able = meeting;
    std::erase_if(able, [](const pool_member& one) { return !one.report.trouble.empty(); });
    if (able.empty()) {
        return failure(errc::not_found, fmt::format("no machine of {} can take this run{}", pool,
                                                    offers_text(meeting)));
    }
    return able;
}

// Whether the command makes a batch: then its plan is made here, once more. What is wrong with it
// is told where one of the two is started.
awaitable<bool> makes_batch(command_session& session, const run_command& what) {
    auto here = co_await session.find_target({});
    if (!here) {
        co_return false;
    }
    const auto plan = co_await make_plan(request_for(session, what, *here, new_run_id()), {});
    co_return plan && plan->batch;
}

// The batch is a run of this machine, which places its trials on those of the pool.
awaitable<result<outcome>> spread_batch(command_session& session, remote_names pool,
                                        run_command what) {
    protocol::children_pool spread{.name = std::move(pool.pool),
                                   .machines = std::move(pool.names),
                                   .where = what.pool.where,
                                   .gpus_per_trial = what.trials.gpus_per_trial,
                                   .trials_per_gpu = what.trials.trials_per_gpu};
    what.remote.clear();
    co_return co_await start_new_run(session, std::move(what), {.spread = std::move(spread)});
}

} // namespace

awaitable<result<outcome>> run_on_pool(command_session& session, remote_names pool,
                                       run_command what) {
    const auto where = placement_condition::parse(what.pool.where);
    if (!where) {
        co_return where.error();
    }
    if (co_await makes_batch(session, what)) {
        co_return co_await spread_batch(session, std::move(pool), std::move(what));
    }
    if (what.needed) {
        co_return failure(errc::unsupported, "--needed looks at the runs of one machine\nName one "
                                             "of " +
                                                 pool.pool + " with -r.");
    }
    for (int looks = 1;; ++looks) {
        auto answered = co_await ask_machines(session, pool.names, what);
        if (!answered) {
            co_return answered.error();
        }
        auto machines = suitable(std::move(*answered), *where, pool.pool, what.pool.where);
        if (!machines) {
            co_return machines.error();
        }
        const pool_member& best = machines->front();
        what.remote = best.remote;
        const bool waits = !best.has_free_slot() && !what.stage;
        if (waits && what.pool.no_queue) {
            co_return failure(errc::no_free_slot,
                              "no slot of " + pool.pool + " is free" + offers_text(*machines));
        }
        if (waits) {
            session.emit(note{.text = fmt::format("No slot of {} is free: the run waits in the "
                                                  "queue of {}.",
                                                  pool.pool, best.remote)});
            auto staged = what;
            staged.stage = true;
            auto done = co_await start_new_run(session, std::move(staged), {.needs = best.rules});
            if (!done) {
                co_return done.error();
            }
            if (auto begun = co_await begin_queue(session, best.remote, new_run_id()); !begun) {
                co_return failure(begun.error().code,
                                  "the run is staged on " + best.remote +
                                      ", and no queue starts it: " + begun.error().context);
            }
            co_return done;
        }
        session.emit(
            note{.text = fmt::format("{} of {}: {}.", best.remote, pool.pool, offer_text(best))});
        auto done = co_await start_new_run(session, what, {.needs = best.rules});
        // Somebody else was faster.
        if (done || done.error().kind() != errc::no_free_slot || looks == most_looks) {
            co_return done;
        }
    }
}

} // namespace outrider
