#include "engine/commands/choosing/recalled_runs.hpp"

#include "engine/fleet/run_rows.hpp"

#include <algorithm>

namespace outrider {
namespace {

// The memory has only what a row shows.
bool rows_decide(const run_query& query, const std::vector<std::string>& attributes) {
    const auto in_memory = row_attributes();
    return !query.deleted && query.attributes.empty() &&
           query.selection.filter.expressions.empty() &&
           std::ranges::all_of(attributes, [&](const auto& name) {
               return std::ranges::find(in_memory, name) != in_memory.end();
           });
}

// No run that is not remembered can be among the answer.
bool holds_answer(const machine_memory& machine, const run_query& query) {
    const bool newest_first =
        query.selection.runs.empty() && query.selection.filter == run_filter{} && query.newest > 0;
    return machine.whole() ||
           (newest_first && static_cast<std::int64_t>(machine.runs.size()) >= query.newest);
}

} // namespace

std::optional<recalled_runs> recall_runs(command_session& session, const target& at,
                                         const run_query& query,
                                         const std::vector<std::string>& attributes) {
    auto* const known = session.resources().machines.get();
    if (known == nullptr || !query.may_recall || at.remote.empty()) {
        return std::nullopt;
    }
    const auto key = link_key(at.over->to());
    const auto* machine = known->memory.find(key);
    if (machine == nullptr || machine->confirmed_us == 0 || known->memory.is_invalid(key) ||
        !rows_decide(query, attributes) || !holds_answer(*machine, query)) {
        return std::nullopt;
    }
    known->watches.recalled(*at.over, session.context());
    recalled_runs out{.runs = {},
                      .total = machine->total,
                      .home = machine->home,
                      .age = {.remote = at.remote,
                              .confirmed_us = machine->confirmed_us,
                              .trouble = machine->trouble}};
    auto count = machine->runs.size();
    if (query.selection.runs.empty() && query.selection.filter == run_filter{} &&
        query.newest > 0) {
        count = std::min(count, static_cast<std::size_t>(query.newest));
    }
    out.runs.assign(machine->runs.begin(),
                    machine->runs.begin() + static_cast<std::ptrdiff_t>(count));
    return out;
}

void remember_runs(command_session& session, const target& at, const protocol::run_list& told,
                   const std::vector<protocol::run_facts>& runs, std::int64_t moment) {
    auto* const known = session.resources().machines.get();
    if (known == nullptr || at.remote.empty()) {
        return;
    }
    run_listing listing{.home = told.home, .runs = {}, .total = told.total, .moment = moment};
    const auto count = std::min(runs.size(), run_memory::most_per_machine);
    listing.runs.assign(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(count));
    known->memory.take_aside(link_key(at.over->to()), std::move(listing));
}

clock_offset remembered_clock(const command_session& session, const target& at) {
    auto* const known = session.resources().machines.get();
    const auto* machine = known == nullptr ? nullptr : known->memory.find(link_key(at.over->to()));
    return machine == nullptr ? clock_offset{} : machine->clock;
}

awaitable<result<clock_offset>> asked_clock(command_session& session, const target& at) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    co_return co_await compare_clocks(**agent, 1);
}

std::int64_t moment_of_memory(const command_session& session) {
    auto* const known = session.resources().machines.get();
    return known == nullptr ? 0 : known->memory.moment();
}

} // namespace outrider
