#include "engine/commands/starting/run_planning.hpp"

#include "engine/commands/choosing/recorded_runs.hpp"
#include "engine/commands/starting/batch_start.hpp"
#include "engine/project/batch_plan.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/runs/process_identity.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <chrono>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto find_limit = 60s;

awaitable<result<>> choose_required_runs(command_session& session, const target& at,
                                         run_request& request, const start_observer& told) {
    const auto read = [request] { return required_operations_of(request); };
    const auto wanted = co_await run_blocking(read);
    for (const auto& text : wanted.notes) {
        told.warning(text);
    }
    if (wanted.failed) {
        co_return *wanted.failed;
    }
    if (wanted.operations.empty()) {
        co_return result<>();
    }
    if (!at.remote.empty()) {
        told.dependency("Getting run info on " + at.remote);
    }
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    // A staged run will have run when a run starts that is staged after it.
    protocol::find_required_runs question{
        .home = at.home, .wanted = {}, .staged = request.command.stage};
    for (const auto& each : wanted.operations) {
        question.wanted.push_back(each.wanted);
    }
    const auto found = co_await (*agent)->call(std::move(question), find_limit);
    if (!found) {
        co_return found.error();
    }
    std::map<std::string, std::vector<std::string>> listed;
    for (std::size_t i = 0; i < wanted.operations.size(); ++i) {
        const auto& each = wanted.operations[i];
        const std::string id = i < found->ids.size() ? found->ids[i] : std::string();
        if (id.empty() && !each.wanted.optional) {
            told.warning("cannot find a suitable run for required resource '" + each.wanted.source +
                         "'");
        } else if (!id.empty() && !each.flag_name.empty() && !each.listed) {
            request.required_runs[each.flag_name] = id;
        }
        if (each.listed) {
            listed[each.flag_name].push_back(id.empty() ? each.supplied : id);
        }
    }
    for (const auto& [name, ids] : listed) {
        request.required_runs[name] = list_text(ids);
    }
    co_return result<>();
}

} // namespace

std::string new_run_id() {
    std::string id = boost::uuids::to_string(boost::uuids::random_generator()());
    std::erase(id, '-');
    return id;
}

run_request request_for(const command_session& session, const run_command& what, const target& at,
                        std::string run_id) {
    return {.command = what,
            .context = session.context(),
            .remote = !at.remote.empty(),
            .run_id = std::move(run_id),
            .now_us = now_us()};
}

awaitable<result<>> complete_request(command_session& session, const target& at,
                                     run_request& request, const start_observer& told) {
    if (!request.command.proto.empty()) {
        if (!at.remote.empty()) {
            told.step(run_stage::resolving_run, {});
        }
        auto found = co_await find_recorded(session, at, request.command.proto);
        if (!found) {
            co_return found.error();
        }
        if (is_batch(found->run)) {
            auto proto = co_await adopt_batch(session, at, *found, request.command);
            if (!proto) {
                co_return proto.error();
            }
            request.from = std::move(*proto);
        } else {
            request.from = std::move(found->run);
        }
    }
    co_return co_await choose_required_runs(session, at, request, told);
}

awaitable<result<run_plan>> make_plan(run_request request, const start_observer& told) {
    auto planned =
        co_await run_blocking([request = std::move(request)] { return plan_run(request); });
    if (planned) {
        for (const auto& text : planned->notes) {
            told.warning(text);
        }
    }
    co_return planned;
}

question preview_of(const run_plan& plan, const target& at, question_kind kind) {
    question asked;
    asked.kind = kind;
    asked.remote = at.remote;
    asked.operation = plan.operation;
    asked.flags = plan.flags;
    if (plan.batch) {
        asked.batch = {.optimizer = plan.batch->optimizer,
                       .trials = plan.batch->count,
                       .objective = plan.batch->objective,
                       .flags = plan.batch->run.flags,
                       .files = plan.batch->files,
                       .stage_trials = false};
    }
    return asked;
}

} // namespace outrider
