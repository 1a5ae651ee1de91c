#include "engine/commands/starting/pipeline_again.hpp"

#include "engine/commands/choosing/listing_limit.hpp"
#include "engine/commands/starting/batch_start.hpp"
#include "engine/commands/starting/downloads.hpp"
#include "engine/remotes/agent_client.hpp"

#include <utility>

namespace outrider {
namespace {

constexpr const char* flags_unchanged =
    "Skipping run because flags have not changed (--needed specified)";

awaitable<result<>> plan_batch_step(command_session& session, const target& at, step_again& again,
                                    protocol::planned_child& child) {
    auto planned =
        co_await plan_batch_again(session, at, again.job.what, again.job.found, again.of.depth + 1);
    if (!planned) {
        co_return planned.error();
    }
    if (*planned) {
        child.again = std::move(**planned);
    } else {
        child.skipped = flags_unchanged;
    }
    co_return result<>();
}

awaitable<result<>> plan_single_step(command_session& session, const target& at, step_again& again,
                                     protocol::planned_child& child) {
    restart_job& job = again.job;
    if (auto planned = co_await plan_restart(session, at, job, {}); !planned) {
        co_return planned.error();
    }
    if (job.what.needed && !is_restart_needed(job)) {
        child.skipped = flags_unchanged;
        co_return result<>();
    }
    if (job.plan) {
        if (auto gathered = co_await gather_required(session, at, *job.plan); !gathered) {
            co_return gathered.error();
        }
        if (auto there = co_await send_plan(session, at, *job.plan, {}); !there) {
            co_return there.error();
        }
    }
    auto request = restart_request(job, at, wants_change(job.what));
    if (job.plan && job.plan->pipeline) {
        auto steps = pipeline_again(job);
        steps.depth = again.of.depth + 1;
        auto children = co_await send_steps(session, at, std::move(steps));
        if (!children) {
            co_return children.error();
        }
        request = with_children(std::move(request), *children);
    }
    child.again = std::move(request);
    co_return result<>();
}

} // namespace

awaitable<result<std::map<std::string, std::string>>>
linked_runs(command_session& session, const target& at, std::string pipeline) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    std::map<std::string, std::string> out;
    const auto take = [&out](const message_part& part) -> result<> {
        protocol::file_batch batch;
        if (part.type != protocol::file_batch::name || !protocol::from_json(part.body, batch)) {
            return failure(errc::protocol_violation, "unexpected part in a list of files");
        }
        for (const auto& entry : batch.entries) {
            const bool is_step = entry.type == protocol::file_type::link &&
                                 entry.path.find('/') == std::string::npos &&
                                 entry.target.starts_with("../");
            const std::string id = is_step ? entry.target.substr(3) : std::string();
            if (!id.empty() && id.find('/') == std::string::npos) {
                out[entry.path] = id;
            }
        }
        return {};
    };
    exchange listing(**agent, protocol::list_files{.home = at.home, .run_id = std::move(pipeline)});
    auto end = co_await with_deadline(listing.finish<protocol::file_list>(take), listing_limit,
                                      (*agent)->name() + ": listing files took too long");
    if (!end) {
        co_return end.error();
    }
    co_return out;
}

awaitable<result<>> plan_step_again(command_session& session, const target& at, step_again& again,
                                    protocol::planned_child& child) {
    restart_job& job = again.job;
    child.title = again.step.title(child.id);
    job.what.restart = child.id;
    job.what.operation.clear();
    // Its supervisor outlived that of the pipeline; it is waited for.
    if (job.found.row.state == run_state::running) {
        child.again = protocol::start_staged{.home = at.home, .run_id = child.id};
        co_return result<>();
    }
    auto planned = is_batch(job.found.run) ? co_await plan_batch_step(session, at, again, child)
                                           : co_await plan_single_step(session, at, again, child);
    if (planned && child.again) {
        for (auto& [name, value] : step_environment(again.step.isolated, again.of.id)) {
            child.again->environment[name] = std::move(value);
        }
    }
    if (planned && !child.again) {
        // Said as one that starts again.
        child.again = protocol::start_staged{.home = at.home, .run_id = child.id};
    }
    co_return planned;
}

pipeline_run pipeline_again(const restart_job& of) {
    const auto params = attribute_of(of.found.run, "run_params");
    const auto* object = params.if_object();
    const auto* label = object != nullptr ? object->if_contains("label") : nullptr;
    const bool labelled = label != nullptr && label->is_string();
    return {.operation = *of.plan->pipeline,
            .flags = of.plan->flag_values,
            .typed = of.what,
            .id = of.found.row.id,
            .label = of.what.label.value_or(labelled ? std::string(label->get_string()) : ""),
            .again = true};
}

} // namespace outrider
