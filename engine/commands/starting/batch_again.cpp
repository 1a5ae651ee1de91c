#include "engine/commands/choosing/run_facts.hpp"
#include "engine/commands/starting/batch_start.hpp"
#include "engine/commands/starting/downloads.hpp"
#include "engine/commands/starting/run_follow_up.hpp"
#include "engine/commands/starting/run_planning.hpp"
#include "engine/commands/starting/trial_terms.hpp"
#include "engine/text/yaml_value.hpp"

#include <utility>

namespace outrider {
namespace {

// What decides which trials there are: then the ones that were planned are not those.
bool wants_other_trials(const run_command& what) {
    return !what.flags.empty() || what.max_trials || what.random_seed || what.optimize ||
           !what.optimizer.empty() || !what.optimizer_flags.empty() || what.force_sourcecode ||
           !what.minimize.empty() || !what.maximize.empty();
}

// A batch that went through has nothing left to do, one that is staged has no trials yet.
bool has_trials_left(const run_row& row) {
    return row.state == run_state::error || row.state == run_state::terminated;
}

// Of the recorded trials what is left; nothing that has ended runs again unless `--only` says so.
awaitable<result<outcome>> go_on(command_session& session, const run_command& what,
                                 const target& at, const found_recorded& found) {
    question asked;
    asked.kind = question_kind::start;
    asked.remote = at.remote;
    asked.operation = found.row.operation;
    asked.run_id = found.row.id;
    asked.background = what.background;
    const auto agreed = co_await session.agree(std::move(asked));
    if (!agreed) {
        co_return agreed.error();
    }
    if (!*agreed) {
        co_return outcome{};
    }
    const auto objective = co_await fetch_run_file(
        session, at, {.home = at.home, .run_id = found.row.id, .path = ".guild/attrs/objective"});
    if (!objective) {
        co_return objective.error();
    }
    const auto measured = read_yaml(objective->value_or(""), "objective");
    auto chosen = co_await trial_choice(
        session, at, what,
        measured && measured->is_string() ? std::string(measured->get_string()) : "loss");
    if (!chosen) {
        co_return chosen.error();
    }
    const auto told = client_observer(session, at, found.row.id, start_words::restart);
    protocol::start_staged request;
    request.home = at.home;
    request.run_id = found.row.id;
    request.token = new_run_id();
    request.background = what.background;
    request.chosen = std::move(*chosen); // nothing: all is as planned
    if (what.keep_batch || what.background) {
        request.trash_on_success = false;
    }
    auto started = co_await launch(session, at, request, found.row.operation, told);
    if (!started) {
        co_return started.error();
    }
    co_return co_await follow_up(session, at, std::move(*started), follow_options(what));
}

protocol::start_staged again_request(const protocol::start_run& planned, const std::string& id) {
    protocol::start_staged out;
    out.home = planned.home;
    out.run_id = id;
    out.token = new_run_id();
    out.command = planned.command;
    out.environment = planned.environment;
    out.activation = planned.activation;
    out.flags = planned.flags;
    out.operation = planned.operation;
    out.package = planned.package;
    out.manifest = planned.manifest;
    out.background = planned.background;
    out.children = planned.children;
    out.trash_on_success = planned.trash_on_success;
    out.requirements = planned.requirements;
    out.constraints = planned.constraints;
    for (const char* name : {"objective", "max_trials", "random_seed", "flags", "run_params"}) {
        if (const auto found = planned.attributes.find(name); found != planned.attributes.end()) {
            out.attributes.insert(*found);
        }
    }
    return out;
}

// The plan of the batch with the flags and options that are wanted now, over those of its proto.
awaitable<result<run_plan>> plan_again(command_session& session, const target& at,
                                       const run_command& what, recorded_run proto,
                                       const std::string& id, const start_observer& told) {
    run_request request = request_for(session, what, at, id);
    request.from = std::move(proto);
    if (auto complete = co_await complete_request(session, at, request, told); !complete) {
        co_return complete.error();
    }
    auto plan = co_await make_plan(std::move(request), {});
    if (plan && !plan->batch) {
        co_return failure(errc::bad_input, "run " + id + " is a batch, and these flags make none");
    }
    co_return plan;
}

// Sends what the trials of the plan take; with it there the request starts the batch again.
awaitable<result<protocol::start_staged>> send_again(command_session& session, const target& at,
                                                     const run_command& what, run_plan& plan,
                                                     const std::string& id, int depth,
                                                     const start_observer& told) {
    if (auto gathered = co_await gather_required(session, at, plan); !gathered) {
        co_return gathered.error();
    }
    if (auto there = co_await send_plan(session, at, plan, told); !there) {
        co_return there.error();
    }
    auto children = co_await send_trials(session, at, what, plan, depth);
    if (!children) {
        co_return children.error();
    }
    co_return again_request(batch_request(plan, what, at, *children), id);
}

} // namespace

awaitable<result<std::optional<protocol::start_staged>>>
plan_batch_again(command_session& session, const target& at, run_command what,
                 const found_recorded& found, int depth) {
    const std::string id = found.row.id;
    const auto most = std::exchange(what.max_trials, std::nullopt);
    const auto seed = std::exchange(what.random_seed, std::nullopt);
    auto proto = co_await adopt_batch(session, at, found, what);
    if (!proto) {
        co_return proto.error();
    }
    bool same = (!most || most == what.max_trials) && (!seed || seed == what.random_seed);
    what.max_trials = most ? most : what.max_trials;
    what.random_seed = seed ? seed : what.random_seed;
    const auto before = recorded_flags(*proto, "flags");
    auto plan = co_await plan_again(session, at, what, std::move(*proto), id, {});
    if (!plan) {
        co_return plan.error();
    }
    same = same && plan->flag_values == before;
    if (same && has_trials_left(found.row)) {
        protocol::start_staged request_now{.home = at.home, .run_id = id, .token = new_run_id()};
        request_now.trash_on_success = false;
        request_now.chosen = protocol::children_choice{.failed = true};
        co_return request_now;
    }
    if (same && what.needed && found.row.state == run_state::completed) {
        co_return std::nullopt;
    }
    auto again = co_await send_again(session, at, what, *plan, id, depth, {});
    if (!again) {
        co_return again.error();
    }
    co_return std::move(*again);
}

awaitable<result<outcome>> start_batch_again(command_session& session, run_command what, target at,
                                             found_recorded found) {
    if ((has_trials_left(found.row) || !what.only.empty()) && !wants_other_trials(what)) {
        co_return co_await go_on(session, what, at, found);
    }
    const std::string id = found.row.id;
    auto pool = co_await pool_of_batch(session, at, id);
    if (!pool) {
        co_return pool.error();
    }
    if (!pool->empty()) {
        co_return failure(errc::unsupported,
                          "the trials of a batch over a pool stay those that were planned\nUse "
                          "--only to run some of them again, or start a new batch.");
    }
    const auto told = client_observer(session, at, id, start_words::restart);
    auto proto = co_await adopt_batch(session, at, found, what);
    if (!proto) {
        co_return proto.error();
    }
    auto plan = co_await plan_again(session, at, what, std::move(*proto), id, told);
    if (!plan) {
        co_return plan.error();
    }
    if (what.needed && found.row.state == run_state::completed && what.flags.empty()) {
        session.emit(run_not_needed{
            .remote = at.remote, .run_ids = {id}, .runs = {found.row}, .same_run = true});
        co_return outcome{};
    }
    if (auto good = check_search(what, *plan); !good) {
        co_return good.error();
    }
    auto asked = preview_of(*plan, at, question_kind::start);
    asked.run_id = id;
    asked.background = what.background;
    const auto agreed = co_await session.agree(std::move(asked));
    if (!agreed) {
        co_return agreed.error();
    }
    if (!*agreed) {
        co_return outcome{};
    }
    auto again = co_await send_again(session, at, what, *plan, id, 0, told);
    if (!again) {
        co_return again.error();
    }
    auto started = co_await launch(session, at, *again, plan->operation, told);
    if (!started) {
        co_return started.error();
    }
    co_return co_await follow_up(session, at, std::move(*started), follow_options(what));
}

} // namespace outrider
