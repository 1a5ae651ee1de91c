#include "engine/commands/starting/required_runs.hpp"

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/reactor/blocking.hpp"

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

} // namespace

awaitable<result<>> choose_required_runs(command_session& session, const target& at,
                                         run_request& request) {
    const auto read = [request] { return required_operations_of(request); };
    const auto wanted = co_await run_blocking(read);
    if (!wanted) {
        co_return wanted.error();
    }
    if (!wanted->empty() && !at.remote.empty()) {
        session.emit(note{.text = "Getting run info on " + at.remote});
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

void tell_dependencies(command_session& session, const std::vector<std::string>& lines) {
    constexpr std::string_view warning = "WARNING: ";
    for (const auto& line : lines) {
        const bool warns = line.starts_with(warning);
        session.emit(note{.warning = warns, .text = warns ? line.substr(warning.size()) : line});
    }
}

} // namespace outrider
