#include "engine/commands/starting/run_planning.hpp"

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/choosing/recorded_runs.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/runs/process_identity.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>

namespace outrider {
namespace {

run_query suitable_runs(const required_operation& of) {
    run_query query;
    query.selection.filter.operations = {of.operation};
    if (of.supplied.empty()) {
        query.selection.filter.states = {run_state::running, run_state::completed,
                                         run_state::terminated};
        query.newest = 1;
    }
    return query;
}

awaitable<result<>> choose_required_runs(command_session& session, const target& at,
                                         run_request& request, const start_observer& told) {
    const auto read = [request] { return required_operations_of(request); };
    const auto wanted = co_await run_blocking(read);
    if (!wanted) {
        co_return wanted.error();
    }
    if (!wanted->empty() && !at.remote.empty()) {
        told.dependency("Getting run info on " + at.remote);
    }
    for (const auto& each : *wanted) {
        if (each.supplied.empty() && request.command.stage) {
            continue;
        }
        const auto found = co_await choose_runs(session, at, suitable_runs(each));
        if (!found) {
            co_return found.error();
        }
        const auto run = std::ranges::find_if(
            found->rows, [&](const run_row& row) { return row.id.starts_with(each.supplied); });
        if (run != found->rows.end()) {
            request.required_runs[each.flag_name] = run->id;
        }
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
        request.from = std::move(found->run);
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
    return asked;
}

} // namespace outrider
