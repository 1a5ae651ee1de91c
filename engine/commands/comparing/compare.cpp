#include "engine/commands/comparing/compare.hpp"

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/choosing/merged_runs.hpp"
#include "engine/commands/choosing/recalled_runs.hpp"
#include "engine/commands/choosing/run_facts.hpp"
#include "engine/commands/choosing/run_scalars.hpp"
#include "engine/commands/comparing/comparison.hpp"
#include "engine/commands/comparing/multiple_runs.hpp"
#include "engine/commands/comparing/operation_columns.hpp"
#include "engine/commands/several/fan_out.hpp"
#include "engine/remotes/clock_offset.hpp"
#include "engine/runs/run_arguments.hpp"
#include "engine/scalars/scalar_series.hpp"

#include <algorithm>
#include <iterator>

namespace outrider {
namespace {

constexpr const char* see_help = "\nTry '{program} {command} --help' for more information.";

result<> check_compare(const compare_command& what) {
    if (what.table && what.csv) {
        return failure(errc::bad_input,
                       std::string("--table and --csv cannot both be specified") + see_help);
    }
    if (!what.columns.empty() && !what.strict_columns.empty()) {
        return failure(errc::bad_input, "--cols cannot be used with --strict-cols");
    }
    if (!what.min.empty() && !what.max.empty()) {
        return failure(errc::bad_input,
                       std::string("--min and --max cannot both be used") + see_help);
    }
    return {};
}

std::vector<std::string> compared_ids(const std::vector<comparable_run>& runs) {
    std::vector<std::string> out;
    for (const auto& each : runs) {
        out.push_back(each.facts.id);
    }
    return out;
}

/// The runs of one machine on their way into a table.
class gathering {
  public:
    gathering(command_session& session, const target& at, const compare_command& what)
        : session_(session), at_(at), what_(what),
          columns_(at.remote.empty(), what.all_scalars, [this](std::string text) {
              session_.emit(note{.warning = true, .text = std::move(text)});
          }) {}

    /// Those that a listing told, with what they logged and the columns of their operations.
    /// `added` are the person's.
    awaitable<result<std::vector<comparable_run>>>
    take(std::vector<protocol::run_facts> facts, std::string home, std::vector<run_column> added) {
        home_ = std::move(home);
        for (auto& each : facts) {
            runs_.push_back(comparable_run::of(std::move(each)));
        }
        if (auto read = co_await add_logged(); !read) {
            co_return read.error();
        }
        std::set<std::string> wanted = attributes_in(added);
        for (auto& each : runs_) {
            if (!what_.skip_operation && what_.strict_columns.empty()) {
                each.columns = columns_.of(each);
                wanted.merge(attributes_in(each.columns));
            }
        }
        if (auto read = co_await add_attributes(std::move(wanted)); !read) {
            co_return read.error();
        }
        co_return std::move(runs_);
    }

  private:
    awaitable<result<>> add_logged() {
        if (runs_.empty()) {
            co_return result<>();
        }
        auto logged = co_await fetch_logged(session_, at_, compared_ids(runs_), false);
        if (!logged) {
            co_return logged.error();
        }
        if (!what_.include_batch && !what_.print_scalars) {
            std::erase_if(runs_, [&](const comparable_run& each) {
                return !(*logged)[each.facts.id].proto.empty();
            });
        }
        for (auto& each : runs_) {
            each.add(std::move((*logged)[each.facts.id]));
        }
        co_return result<>();
    }

    // What columns name beyond what every comparison needs.
    awaitable<result<>> add_attributes(std::set<std::string> wanted) {
        for (const auto& known : comparison_attributes()) {
            wanted.erase(known);
        }
        if (wanted.empty() || runs_.empty()) {
            co_return result<>();
        }
        protocol::list_runs request;
        request.home = home_;
        request.ids = compared_ids(runs_);
        request.attributes.assign(wanted.begin(), wanted.end());
        auto facts = co_await fetch_facts(session_, at_, std::move(request));
        if (!facts) {
            co_return facts.error();
        }
        std::map<std::string_view, comparable_run*> by_id;
        for (auto& each : runs_) {
            by_id.emplace(each.facts.id, &each);
        }
        for (auto& each : *facts) {
            if (const auto found = by_id.find(each.id); found != by_id.end()) {
                found->second->facts.attributes.merge(each.attributes);
            }
        }
        co_return result<>();
    }

    command_session& session_;
    const target& at_;
    const compare_command& what_;
    operation_columns columns_;
    std::string home_; // absolute, there
    std::vector<comparable_run> runs_;
};

// The columns that the person names. What cannot be read is said, and left out.
std::vector<run_column> named_columns(command_session& session, const compare_command& what) {
    const auto& text = what.strict_columns.empty() ? what.columns : what.strict_columns;
    if (text.empty()) {
        return {};
    }
    const auto warn = [&](std::string said) {
        session.emit(note{.warning = true, .text = std::move(said)});
    };
    return operation_columns(false, false, warn).parsed(text);
}

scalars_listed scalars_of(std::vector<comparable_run> runs, bool all) {
    scalars_listed out;
    for (auto& run : runs) {
        auto& row = out.rows.emplace_back(
            run_scalars_shown{.id = run.detail.row.id,
                              .operation = std::move(run.detail.row.operation),
                              .held_by = std::move(run.detail.row.held_by)});
        std::ranges::copy_if(
            run.detail.scalars, std::back_inserter(row.scalars),
            [&](const scalar_summary& each) { return all || is_shown_by_default(each.tag); });
    }
    return out;
}

void tell(command_session& session, std::vector<comparable_run> runs,
          const std::vector<run_column>& added, const compare_command& what) {
    if (what.print_scalars) {
        session.emit(scalars_of(std::move(runs), what.all_scalars));
    } else {
        session.emit(comparison_of(runs, added, what));
    }
}

/// What one of several remotes has.
struct remote_part {
    remote_runs runs;
    target at;
};

awaitable<result<outcome>> choose_on_one(command_session& session, std::string remote,
                                         run_query query, std::vector<remote_part>& into) {
    auto found = co_await choose_runs_at(session, remote, std::move(query));
    if (!found) {
        co_return found.error();
    }
    const auto clock = co_await asked_clock(session, found->at);
    if (!clock) {
        co_return clock.error();
    }
    into.push_back(
        {.runs = {.remote = std::move(remote), .chosen = std::move(found->chosen), .clock = *clock},
         .at = std::move(found->at)});
    co_return outcome{};
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, compare_command what) {
    if (auto good = check_compare(what); !good) {
        co_return good.error();
    }
    auto found = co_await choose_runs_at(
        session, what.remote, {.selection = what.selection, .attributes = comparison_attributes()});
    if (!found) {
        co_return of_multiple_runs(found.error());
    }
    const auto added = named_columns(session, what);
    gathering gathered(session, found->at, what);
    auto runs = co_await gathered.take(std::move(found->chosen.facts),
                                       std::move(found->chosen.home), added);
    if (!runs) {
        co_return runs.error();
    }
    tell(session, std::move(*runs), added, what);
    co_return outcome{};
}

awaitable<result<outcome>> compare_on_each(command_session& session,
                                           std::vector<std::string> remotes, compare_command what) {
    if (auto good = check_compare(what); !good) {
        co_return good.error();
    }
    const auto added = named_columns(session, what);
    run_query query{.selection = {.runs = {}, .filter = what.selection.filter},
                    .attributes = comparison_attributes()};
    std::vector<remote_part> parts;
    std::vector<comparable_run> runs;
    const auto executor = co_await asio::this_coro::executor;
    auto choose = [&](command_session& own, std::string remote) {
        return choose_on_one(own, std::move(remote), query, parts);
    };
    fan_out choosing(session, std::move(remotes), choose, executor);
    auto ends = co_await choosing.run();

    std::map<std::string, target> places;
    std::map<std::string, std::string> homes;
    std::vector<remote_runs> listed;
    for (auto& each : parts) {
        places.emplace(each.runs.remote, std::move(each.at));
        homes.emplace(each.runs.remote, each.runs.chosen.home);
        listed.push_back(std::move(each.runs));
    }
    auto merged = merge_runs(std::move(listed));
    if (!what.selection.runs.empty()) {
        std::vector<std::string> ids;
        std::ranges::transform(merged, std::back_inserter(ids),
                               [](const merged_run& each) { return each.row.id; });
        const auto chosen = select_runs(ids, what.selection.runs);
        if (!chosen) {
            co_return with_silent_ones(of_multiple_runs(chosen.error()), ends);
        }
        std::vector<merged_run> kept;
        for (const auto index : *chosen) {
            kept.push_back(std::move(merged[index]));
        }
        merged = std::move(kept);
    }

    std::map<std::string, std::vector<protocol::run_facts>> facts;
    std::map<std::pair<std::string, std::string>, std::pair<std::size_t, run_row>> order;
    for (std::size_t i = 0; i < merged.size(); ++i) {
        auto& each = merged[i];
        order.emplace(std::pair(each.row.held_by, each.row.id), std::pair(i, each.row));
        facts[each.row.held_by].push_back(std::move(each.facts));
    }
    std::vector<std::string> holders;
    for (const auto& [remote, some] : facts) {
        holders.push_back(remote);
    }
    auto gather = [&](command_session& own, std::string remote) -> awaitable<result<outcome>> {
        const auto at = places.at(remote);
        gathering gathered(own, at, what);
        auto some = co_await gathered.take(std::move(facts.at(remote)), homes.at(remote), added);
        if (!some) {
            co_return some.error();
        }
        for (auto& run : *some) {
            const auto& row = order.at({remote, run.facts.id}).second;
            run.detail.row.held_by = remote;
            run.detail.row.started_us = row.started_us; // of this machine's clock
            run.detail.row.stopped_us = row.stopped_us;
            runs.push_back(std::move(run));
        }
        co_return outcome{};
    };
    fan_out reading(session, std::move(holders), gather, executor);
    for (auto& end : co_await reading.run()) {
        const auto same = std::ranges::find(ends, end.remote, &branch_end::remote);
        if (same != ends.end() && end.error) {
            *same = std::move(end);
        }
    }
    std::ranges::sort(runs, {}, [&](const comparable_run& each) {
        return order.at({each.detail.row.held_by, each.facts.id}).first;
    });
    tell(session, std::move(runs), added, what);
    co_return branch_verdict(ends);
}

} // namespace outrider
