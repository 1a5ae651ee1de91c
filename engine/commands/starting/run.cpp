#include "engine/commands/choosing/recorded_runs.hpp"
#include "engine/commands/starting/batch_start.hpp"
#include "engine/commands/starting/downloads.hpp"
#include "engine/commands/starting/job_choice.hpp"
#include "engine/commands/starting/pipeline_start.hpp"
#include "engine/commands/starting/run_checks.hpp"
#include "engine/commands/starting/run_follow_up.hpp"
#include "engine/commands/starting/run_planning.hpp"
#include "engine/commands/starting/run_starting.hpp"
#include "engine/commands/starting/run_tests.hpp"
#include "engine/commands/starting/trial_listing.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/project/batch_plan.hpp"
#include "engine/project/printed_command.hpp"

namespace outrider {
namespace {

run_not_needed not_needed_event(const target& at, std::vector<run_row> runs) {
    run_not_needed said{.remote = at.remote};
    for (const auto& run : runs) {
        said.run_ids.push_back(run.id);
    }
    said.runs = std::move(runs);
    return said;
}

run_staged staged_event(const command_session& session, const target& at, const run_plan& plan) {
    run_staged said{.remote = at.remote, .run_id = plan.start.run_id, .operation = plan.operation};
    if (!plan.start.run_dir.empty()) {
        said.directory = plan.start.run_dir;
        said.command = printed_command(plan, session.context(), true, false).words;
    }
    return said;
}

struct batch_start {
    const run_command& what;
    const target& at;
    const start_observer& told;
    const std::optional<protocol::children_pool>& spread;
};

// From the agreement on a batch to its end.
awaitable<result<outcome>> start_new_batch(command_session& session, batch_start of,
                                           run_plan plan) {
    const auto& [what, at, told, spread] = of;
    if (!what.run_dir.empty()) {
        co_return failure(errc::unsupported, "a batch runs in a Guild home, not in --run-dir");
    }
    if (auto gathered = co_await gather_required(session, at, plan); !gathered) {
        co_return gathered.error();
    }
    if (auto there = co_await send_plan(session, at, plan, told); !there) {
        co_return there.error();
    }
    auto children = co_await send_trials(session, at, what, plan, 0, spread);
    if (!children) {
        co_return children.error();
    }
    auto request = batch_request(plan, what, at, *children);
    if (spread) {
        const auto settings = session.settings();
        if (!settings) {
            co_return settings.error();
        }
        request = spread_request(std::move(request), at, spread->name, (*settings)->path);
    }
    auto started = co_await launch(session, at, request, told);
    if (!started) {
        co_return started.error();
    }
    if (what.stage) {
        session.emit(run_staged{
            .remote = at.remote, .run_id = started->id, .operation = batch_operation(plan)});
        co_return outcome{};
    }
    started->operation = plan.batch->optimizer;
    auto how = follow_options(what);
    how.stop_after_minutes.reset(); // is for each of its trials
    co_return co_await follow_up(session, at, std::move(*started), std::move(how));
}

// One `run` of a new run, from the plan to the end of the operation.
awaitable<result<outcome>> start_new(command_session& session, run_command what, target at,
                                     pool_wishes wishes) {
    if (auto there = check_project_directory(session.context().directory); !there) {
        co_return there.error();
    }
    const std::string run_id = what.run_id.empty() ? new_run_id() : what.run_id;
    const auto told = client_observer(session, at, run_id, start_words::run);
    run_request request = request_for(session, what, at, run_id);
    request.remote = request.remote || wishes.spread;
    if (auto complete = co_await complete_request(session, at, request, told); !complete) {
        co_return complete.error();
    }
    auto plan = co_await make_plan(request, told);
    if (!plan) {
        co_return plan.error();
    }
    if (!what.run_dir.empty()) {
        session.emit(note{.text = "Run directory is '" + what.run_dir +
                                  "' (results will not be visible to Guild)"});
    }
    if (plan->batch && only_shows_trials(what)) {
        co_return co_await show_trials(session, what, *plan);
    }
    if (what.print_cmd || what.print_env) {
        session.emit(printed_command(*plan, session.context(), what.print_cmd, what.print_env));
        co_return outcome{};
    }
    if (what.needed) {
        auto matching =
            plan->batch ? co_await find_matching_batch(session, at, *plan)
                        : co_await find_matching(session, at, plan->start.opref, plan->flag_values);
        if (!matching) {
            co_return matching.error();
        }
        if (!matching->empty()) {
            session.emit(not_needed_event(at, std::move(*matching)));
            co_return outcome{};
        }
    }
    if (plan->batch) {
        auto good = wishes.spread ? check_pooled(what, *plan) : result<>();
        if (good) {
            good = check_search(what, *plan);
        }
        if (!good) {
            co_return good.error();
        }
    }
    if (plan->batch && !plan->batch->remark.empty()) {
        session.emit(note{.text = plan->batch->remark});
    }
    auto asked = preview_of(*plan, at, what.stage ? question_kind::stage : question_kind::run);
    asked.background = what.background;
    if (wishes.spread) {
        asked.remote = wishes.spread->name;
    }
    if (asked.batch) {
        asked.batch->stage_trials = what.stage_trials;
    }
    const auto agreed = co_await session.agree(std::move(asked));
    if (!agreed) {
        co_return agreed.error();
    }
    if (!*agreed) {
        co_return outcome{}; // Guild takes a no for an answer here
    }
    for (const auto& text : plan->start_notes) {
        told.warning(text);
    }
    if (plan->batch) {
        co_return co_await start_new_batch(session, {request.command, at, told, wishes.spread},
                                           std::move(*plan));
    }
    if (auto gathered = co_await gather_required(session, at, *plan); !gathered) {
        co_return gathered.error();
    }
    if (auto there = co_await send_plan(session, at, *plan, told); !there) {
        co_return there.error();
    }
    auto start = request_to_start(*plan, at, run_id);
    start.needs = std::move(wishes.needs);
    if (plan->pipeline) {
        auto children = co_await send_steps(session, at,
                                            {.operation = *plan->pipeline,
                                             .flags = plan->flag_values,
                                             .typed = request.command,
                                             .id = run_id,
                                             .label = what.label.value_or("")});
        if (!children) {
            co_return children.error();
        }
        start = pipeline_request(std::move(start), *children);
    }
    auto started = co_await launch(session, at, start, told);
    if (!started) {
        co_return started.error();
    }
    if (what.stage) {
        session.emit(staged_event(session, at, *plan));
        co_return outcome{};
    }
    co_return co_await follow_up(session, at, std::move(*started), follow_options(what));
}

} // namespace

awaitable<result<outcome>> start_new_run(command_session& session, run_command what,
                                         pool_wishes wishes) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    if (auto chosen = choose_job(*at, what); !chosen) {
        co_return chosen.error();
    }
    what.background = what.background || !what.pidfile.empty();
    place_run(what, session.context().directory, user_home(session.context()));
    co_return co_await start_new(session, std::move(what), std::move(*at), std::move(wishes));
}

awaitable<result<outcome>> perform(command_session& session, run_command what) {
    if (auto good = check_run_command(what); !good) {
        co_return good.error();
    }
    if (what.help_op && what.start.empty() && what.restart.empty() && what.proto.empty()) {
        co_return co_await describe_operation(session, what.operation);
    }
    if (what.help_model) {
        co_return co_await describe_model(session, what.operation);
    }
    if (only_tests(what)) {
        co_return co_await test_operation(session, std::move(what));
    }
    if (what.start.empty() && what.restart.empty()) {
        co_return co_await start_new_run(session, std::move(what));
    }
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    if (auto chosen = choose_job(*at, what); !chosen) {
        co_return chosen.error();
    }
    co_return co_await start_again(session, std::move(what), std::move(*at));
}

} // namespace outrider
