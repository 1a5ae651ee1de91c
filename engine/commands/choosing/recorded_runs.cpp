#include "engine/commands/choosing/recorded_runs.hpp"

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/choosing/listing_limit.hpp"
#include "engine/fleet/run_rows.hpp"
#include "engine/runs/opref.hpp"

namespace outrider {
namespace {

awaitable<result<std::vector<found_recorded>>>
fetch_recorded(command_session& session, const target& at, std::vector<std::string> ids) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    protocol::list_runs request;
    request.home = at.home;
    request.ids = std::move(ids);
    request.attributes = recorded_attributes();
    for (auto& name : row_attributes()) {
        request.attributes.push_back(std::move(name));
    }
    std::vector<found_recorded> got;
    auto take_batch = [&got](const message_part& part) -> result<> {
        protocol::run_batch batch;
        if (part.type != protocol::run_batch::name || !protocol::from_json(part.body, batch)) {
            return failure(errc::protocol_violation, "unexpected part in a list of runs");
        }
        for (auto& facts : batch.runs) {
            found_recorded found{.row = row_of(facts)};
            found.run = {.id = facts.id,
                         .opref = std::move(facts.opref),
                         .attributes = std::move(facts.attributes)};
            got.push_back(std::move(found));
        }
        return {};
    };
    exchange asking(**agent, request);
    auto end = co_await with_deadline(asking.finish<protocol::run_list>(take_batch), listing_limit,
                                      (*agent)->name() + ": listing its runs took too long");
    if (!end) {
        co_return end.error();
    }
    co_return got;
}

// By index or id, by the run's directory, or the newest of an operation.
awaitable<result<run_row>> choose_named(command_session& session, const target& at,
                                        std::string name) {
    run_selection named;
    named.runs.push_back(name);
    auto row = co_await choose_one_run(session, at, std::move(named));
    if (row || row.error().kind() != errc::not_found) {
        co_return row;
    }
    run_selection other;
    if (name.find('/') != std::string::npos) {
        while (name.ends_with('/')) {
            name.pop_back();
        }
        other.runs.push_back(name.substr(name.rfind('/') + 1));
    } else {
        other.filter.operations.push_back(name);
    }
    auto found = co_await choose_one_run(session, at, std::move(other));
    co_return found ? std::move(found) : std::move(row); // the first says what was looked for
}

} // namespace

awaitable<result<found_recorded>> find_recorded(command_session& session, const target& at,
                                                std::string name) {
    auto row = co_await choose_named(session, at, name);
    if (!row) {
        failure why = row.error();
        // The help of `run` does not list runs of this machine.
        if (at.remote.empty() && why.context.starts_with("could not find a run")) {
            why.context = why.context.substr(0, why.context.find('\n')) +
                          "\nTry '{program} runs list' for a list.";
        }
        co_return why;
    }
    auto found = co_await fetch_recorded(session, at, {row->id});
    if (!found) {
        co_return found.error();
    }
    if (found->empty()) {
        co_return failure(errc::not_found, "run " + row->id + " does not exist");
    }
    co_return std::move(found->front());
}

awaitable<result<std::optional<found_recorded>>>
find_recorded_by_id(command_session& session, const target& at, std::string id) {
    auto found = co_await fetch_recorded(session, at, {std::move(id)});
    if (!found) {
        co_return found.error();
    }
    co_return found->empty() ? std::nullopt : std::optional(std::move(found->front()));
}

awaitable<result<std::vector<run_row>>> find_matching(command_session& session, const target& at,
                                                      std::string opref, flag_map flags) {
    auto all = co_await fetch_recorded(session, at, {});
    if (!all) {
        co_return all.error();
    }
    std::vector<run_row> out;
    std::int64_t index = 0;
    for (auto& each : *all) {
        ++index;
        if (matches_needed(each.run, each.row.state, opref, flags)) {
            each.row.index = index;
            out.push_back(std::move(each.row));
        }
    }
    co_return out;
}

bool matches_needed(const recorded_run& run, run_state state, const std::string& opref,
                    const flag_map& flags) {
    const auto of = parse_opref(run.opref);
    const auto wanted = parse_opref(opref);
    // Another version of the Guild file does not make it another operation.
    return of && wanted && state != run_state::error && of->pkg_type == wanted->pkg_type &&
           of->pkg_name == wanted->pkg_name && of->model == wanted->model && of->op == wanted->op &&
           of->proto == wanted->proto && recorded_flags(run, "flags") == flags;
}

} // namespace outrider
