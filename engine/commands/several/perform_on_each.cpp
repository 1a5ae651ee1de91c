#include "engine/commands/several/perform_on_each.hpp"

#include "engine/commands/choosing/merged_runs.hpp"
#include "engine/commands/choosing/recalled_runs.hpp"
#include "engine/commands/choosing/run_details.hpp"
#include "engine/commands/several/fan_out.hpp"
#include "engine/runs/run_arguments.hpp"

#include <algorithm>
#include <iterator>

namespace outrider {
namespace {

/// What was found on several remotes, and how their branches ended.
struct found_on_each {
    std::vector<remote_runs> parts;
    std::vector<branch_end> ends;
};

awaitable<result<outcome>> find_on_one(command_session& session, std::string remote,
                                       run_query query, std::vector<remote_runs>& into) {
    auto found = co_await choose_runs_at(session, remote, std::move(query));
    if (!found) {
        co_return found.error();
    }
    if (found->chosen.recalled) {
        const auto clock = remembered_clock(session, found->at);
        into.push_back(
            {.remote = std::move(remote), .chosen = std::move(found->chosen), .clock = clock});
        co_return outcome{};
    }
    const auto clock = co_await asked_clock(session, found->at);
    if (!clock) {
        co_return clock.error();
    }
    into.push_back(
        {.remote = std::move(remote), .chosen = std::move(found->chosen), .clock = *clock});
    co_return outcome{};
}

awaitable<found_on_each> find_on_each(command_session& session, std::vector<std::string> remotes,
                                      run_query query) {
    found_on_each out;
    auto each = [&](command_session& own, std::string remote) {
        return find_on_one(own, std::move(remote), query, out.parts);
    };
    fan_out over(session, std::move(remotes), each, co_await asio::this_coro::executor);
    out.ends = co_await over.run();
    co_return out;
}

std::vector<std::string> ids_of(const std::vector<merged_run>& runs) {
    std::vector<std::string> ids;
    for (const auto& each : runs) {
        ids.push_back(each.row.id);
    }
    return ids;
}

// Only those that RUN arguments name.
result<> select_among(std::vector<merged_run>& runs, const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        return {};
    }
    auto chosen = select_runs(ids_of(runs), arguments);
    if (!chosen) {
        return chosen.error();
    }
    std::vector<merged_run> kept;
    for (const auto index : each_once(*chosen)) {
        kept.push_back(std::move(runs[index]));
    }
    runs = std::move(kept);
    return {};
}

std::vector<std::string> names_of(const std::vector<branch_end>& ends) {
    std::vector<std::string> names;
    for (const auto& each : ends) {
        names.push_back(each.remote);
    }
    return names;
}

runs_listed listing_of(std::vector<merged_run> runs, const list_command& what) {
    runs_listed listing;
    for (auto& each : runs) {
        if (what.details) {
            auto& detail = listing.details.emplace_back(detail_of(each.facts));
            detail.row = each.row;
            if (!what.comments) {
                detail.comments.clear();
            }
        }
        listing.rows.push_back(std::move(each.row));
    }
    return listing;
}

} // namespace

awaitable<result<outcome>> list_on_each(command_session& session, std::vector<std::string> remotes,
                                        list_command what) {
    const bool named = !what.selection.runs.empty();
    run_query query{.selection = {.runs = {}, .filter = what.selection.filter},
                    .newest = named ? 0 : what.limit,
                    .deleted = what.deleted,
                    .may_recall = !what.fresh};
    if (what.details) {
        query.attributes = detail_attributes();
    }
    auto found = co_await find_on_each(session, remotes, std::move(query));
    std::int64_t total = 0;
    std::vector<remembered_runs> remembered;
    for (auto& part : found.parts) {
        total += part.chosen.total;
        if (part.chosen.recalled) {
            remembered.push_back(std::move(*part.chosen.recalled));
        }
    }
    auto runs = merge_runs(std::move(found.parts));
    if (auto selected = select_among(runs, what.selection.runs); !selected) {
        co_return with_silent_ones(selected.error(), found.ends);
    }
    if (named) {
        total = static_cast<std::int64_t>(runs.size());
    }
    if (what.limit > 0 && runs.size() > static_cast<std::size_t>(what.limit)) {
        runs.resize(static_cast<std::size_t>(what.limit));
    }
    auto listing = listing_of(std::move(runs), what);
    listing.total = total;
    listing.remotes = names_of(found.ends);
    listing.remembered = std::move(remembered);
    session.emit(listing);
    co_return branch_verdict(found.ends);
}

awaitable<result<runs_by_remote>> choose_on_each(command_session& session,
                                                 std::vector<std::string> remotes,
                                                 run_selection selection) {
    run_query query;
    query.selection.filter = selection.filter;
    auto found = co_await find_on_each(session, std::move(remotes), std::move(query));
    const bool whole = std::ranges::none_of(
        found.ends, [](const branch_end& end) { return end.error.has_value(); });
    // The index would be that of another run once the others answer.
    if (!whole && std::ranges::any_of(selection.runs, is_run_index)) {
        co_return failure(errc::conflict,
                          "an index counts in the list of all these remotes, and not "
                          "all of them answer; use run ids");
    }
    auto runs = merge_runs(std::move(found.parts));
    if (auto selected = select_among(runs, selection.runs); !selected) {
        co_return with_silent_ones(selected.error(), found.ends);
    }
    runs_by_remote out;
    for (auto& each : runs) {
        out.ids[each.row.held_by].push_back(std::move(each.row.id));
    }
    std::ranges::copy_if(found.ends, std::back_inserter(out.others),
                         [&](const branch_end& end) { return !out.ids.contains(end.remote); });
    co_return out;
}

awaitable<result<outcome>>
work_on_each(command_session& session, std::vector<std::string> remotes,
             std::function<awaitable<result<outcome>>(command_session&, std::string)> each,
             std::vector<branch_end> others) {
    fan_out over(session, std::move(remotes), std::move(each), co_await asio::this_coro::executor);
    auto ends = co_await over.run();
    std::ranges::move(others, std::back_inserter(ends));
    co_return branch_verdict(ends);
}

} // namespace outrider
