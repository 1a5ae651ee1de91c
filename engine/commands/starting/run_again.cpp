#include "engine/commands/starting/run_again.hpp"
#include "engine/commands/starting/batch_start.hpp"
#include "engine/commands/starting/downloads.hpp"
#include "engine/commands/starting/pipeline_again.hpp"
#include "engine/commands/starting/run_follow_up.hpp"
#include "engine/commands/starting/run_starting.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/printed_command.hpp"
#include "engine/project/run_attributes.hpp"
#include "engine/text/natural_order.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>

namespace outrider {

bool wants_change(const run_command& what) {
    return !what.flags.empty() || what.force_sourcecode;
}

result<> check_not_running(const run_row& row, const target& at) {
    if (row.state == run_state::pending && !row.job.empty()) {
        return failure(errc::conflict, "cannot restart run " + row.id + " because its job " +
                                           row.job + " is pending\nUse '{program} stop " + row.id +
                                           " -r " + at.remote +
                                           "' to stop it first and try again.");
    }
    if (row.state != run_state::running) {
        return {};
    }
    if (row.remote.empty() && at.remote.empty()) {
        return failure(errc::conflict, "cannot restart run " + row.id +
                                           " because it's running\nUse '{program} stop " + row.id +
                                           "' to stop it first and try again.");
    }
    const std::string where = row.remote.empty() ? at.remote : row.remote;
    return failure(errc::conflict, row.id + " is still running" +
                                       (row.remote.empty() ? "" : " on " + row.remote) +
                                       "\nWait for it to stop or try '{program} stop " + row.id +
                                       (where.empty() ? "" : " -r " + where) + "' to stop it.");
}

awaitable<result<>> plan_restart(command_session& session, const target& at, restart_job& of,
                                 const start_observer& told) {
    run_request request = request_for(session, of.what, at, of.found.row.id);
    request.from = of.found.run;
    request.again = true;
    request.single = true;
    if (auto complete = co_await complete_request(session, at, request, told); !complete) {
        co_return complete.error();
    }
    // Its warnings were told when the run was made.
    auto plan = co_await make_plan(request, {});
    if (!plan) {
        const bool needs_plan = wants_change(of.what) || of.what.print_cmd || of.what.print_env;
        co_return needs_plan ? result<>(plan.error()) : result<>();
    }
    plan->start.attributes = changed_attributes(request, plan->start.attributes);
    of.plan = std::move(*plan);
    co_return result<>();
}

bool is_restart_needed(const restart_job& of) {
    const auto state = of.found.row.state;
    return state == run_state::staged || state == run_state::error || state == run_state::pending ||
           (of.plan && of.plan->flag_values != recorded_flags(of.found.run, "flags"));
}

namespace {

question restart_preview(const restart_job& of, const target& at) {
    question asked;
    asked.kind = question_kind::start;
    asked.remote = at.remote;
    asked.operation = of.found.row.operation;
    asked.run_id = of.found.row.id;
    asked.background = of.what.background;
    if (of.plan) {
        asked.flags = of.plan->flags;
        return asked;
    }
    for (const auto& [name, value] : recorded_flags(of.found.run, "flags")) {
        asked.flags.push_back(
            {.name = name, .value = value.is_null() ? "default" : encode_flag(value)});
    }
    std::ranges::sort(asked.flags, natural_less, &flag_shown::name);
    return asked;
}

} // namespace

protocol::start_staged restart_request(const restart_job& of, const target& at, bool by_plan) {
    protocol::start_staged out;
    out.home = at.home;
    out.run_id = of.found.row.id;
    out.token = of.token;
    out.background = of.what.background;
    out.force_deps = of.what.force_deps;
    if (of.what.stop_after_minutes) {
        out.stop_after_ms = static_cast<std::int64_t>(*of.what.stop_after_minutes * 60'000);
    }
    if (!of.plan) {
        return out;
    }
    const protocol::start_run& planned = of.plan->start;
    out.attributes = planned.attributes;
    out.dependencies = planned.dependencies;
    out.dependency_package = of.plan->dependency_package;
    if (!of.plan->required.resolved.empty()) {
        out.resolved = boost::json::serialize(of.plan->required.resolved);
    }
    if (by_plan) {
        out.command = planned.command;
        out.environment = planned.environment;
        out.activation = at.to.activation();
        out.flags = planned.flags;
        out.operation = planned.operation;
        out.package = of.plan->package;
        out.manifest = planned.manifest;
        out.requirements = planned.requirements;
        out.constraints = planned.constraints;
    } else if (const auto gpus = planned.environment.find("CUDA_VISIBLE_DEVICES");
               gpus != planned.environment.end()) {
        out.environment.insert(*gpus);
    }
    return out;
}

protocol::start_staged with_children(protocol::start_staged request, const std::string& children) {
    if (!children.empty()) {
        request.children = children;
        request.environment.erase("PYTHONPATH"); // they have their own, and inherit the rest
    }
    return request;
}

namespace {

// The steps of a pipeline that is only staged are planned; those of one that ran start again.
awaitable<result<std::string>> send_steps_again(command_session& session, const target& at,
                                                const restart_job& of) {
    const bool is_pipeline = of.plan && of.plan->pipeline;
    if (!is_pipeline || (of.found.row.state == run_state::staged && !wants_change(of.what))) {
        co_return std::string();
    }
    co_return co_await send_steps(session, at, pipeline_again(of));
}

awaitable<result<started_run>> launch_again(command_session& session, const target& at,
                                            const restart_job& of, const start_observer& told) {
    const auto& operation = of.found.row.operation;
    const bool changed = wants_change(of.what);
    auto children = co_await send_steps_again(session, at, of);
    if (!children) {
        co_return children.error();
    }
    const auto request = [&](bool by_plan) {
        return with_children(restart_request(of, at, by_plan), *children);
    };
    auto started = co_await launch(session, at, request(changed), operation, told);
    if (started || started.error().kind() != errc::unsupported || changed) {
        co_return started;
    }
    // Guild made the run: what it recorded of its operation is enough to start it.
    if (!of.plan) {
        co_return failure(errc::unsupported,
                          "run " + of.found.row.id +
                              " was not made by this program and has not recorded its "
                              "operation\nStart it with Guild AI on the machine that holds it.");
    }
    start_observer already_starting = told;
    already_starting.step = [&told](run_stage stage, const std::string& detail) {
        if (stage != run_stage::starting) {
            told.step(stage, detail);
        }
    };
    co_return co_await launch(session, at, request(true), operation, already_starting);
}

} // namespace

// From the look at the run to the end of its operation.
awaitable<result<outcome>> start_again(command_session& session, run_command what, target at) {
    const std::string name = what.start.empty() ? what.restart : what.start;
    if (!at.remote.empty()) {
        session.emit(run_progress{.stage = run_stage::resolving_run, .remote = at.remote});
    }
    auto found = co_await find_recorded(session, at, name);
    if (!found) {
        co_return found.error();
    }
    if (is_batch(found->run)) {
        if (auto good = check_not_running(found->row, at); !good) {
            co_return good.error();
        }
        co_return co_await start_batch_again(session, std::move(what), std::move(at),
                                             std::move(*found));
    }
    restart_job of{.what = std::move(what), .found = std::move(*found), .plan = {}};
    const run_row& row = of.found.row;
    if (auto good = check_not_running(row, at); !good) {
        co_return good.error();
    }
    const auto told = client_observer(session, at, row.id, start_words::restart);
    if (auto planned = co_await plan_restart(session, at, of, told); !planned) {
        co_return planned.error();
    }
    if (of.what.print_cmd || of.what.print_env) {
        session.emit(
            printed_command(*of.plan, session.context(), of.what.print_cmd, of.what.print_env));
        co_return outcome{};
    }
    if (of.what.needed && !is_restart_needed(of)) {
        session.emit(run_not_needed{
            .remote = at.remote, .run_ids = {row.id}, .runs = {row}, .same_run = true});
        co_return outcome{};
    }
    const auto agreed = co_await session.agree(restart_preview(of, at));
    if (!agreed) {
        co_return agreed.error();
    }
    if (!*agreed) {
        co_return outcome{};
    }
    if (of.plan) {
        if (auto gathered = co_await gather_required(session, at, *of.plan); !gathered) {
            co_return gathered.error();
        }
    }
    if (auto there = co_await send_plan(session, at, of.plan.value_or(run_plan{}), told); !there) {
        co_return there.error();
    }
    auto started = co_await launch_again(session, at, of, told);
    if (!started) {
        co_return started.error();
    }
    co_return co_await follow_up(session, at, std::move(*started),
                                 {.leave = of.what.no_wait,
                                  .background = of.what.background,
                                  .pidfile = of.what.pidfile,
                                  .stop_after_minutes = of.what.stop_after_minutes});
}

} // namespace outrider
