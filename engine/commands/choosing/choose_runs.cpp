#include "engine/commands/choosing/choose_runs.hpp"

#include "engine/commands/choosing/listing_limit.hpp"
#include "engine/commands/choosing/recalled_runs.hpp"
#include "engine/commands/choosing/run_order.hpp"
#include "engine/commands/choosing/run_scalars.hpp"
#include "engine/filters/run_filtering.hpp"
#include "engine/fleet/run_rows.hpp"
#include "engine/runs/run_arguments.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <optional>

namespace outrider {
namespace {

/// Runs that are asked for by id in one request; of more, all are asked for.
constexpr std::size_t most_ids = 20'000;

struct fetched_runs {
    std::vector<protocol::run_facts> runs;
    protocol::run_list end;
};

awaitable<result<fetched_runs>> fetch_runs(command_session& session, const target& at,
                                           protocol::list_runs request) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    fetched_runs got;
    auto take_batch = [&got](const message_part& part) -> result<> {
        protocol::run_batch batch;
        if (part.type != protocol::run_batch::name || !protocol::from_json(part.body, batch)) {
            return failure(errc::protocol_violation, "unexpected part in a list of runs");
        }
        std::move(batch.runs.begin(), batch.runs.end(), std::back_inserter(got.runs));
        return {};
    };
    exchange asking(**agent, request);
    auto end = co_await with_deadline(asking.finish<protocol::run_list>(take_batch), listing_limit,
                                      (*agent)->name() + ": listing its runs took too long");
    if (!end) {
        co_return end.error();
    }
    got.end = std::move(*end);
    co_return got;
}

} // namespace

namespace {

std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// One choice of runs: what the machine has, less what the filters leave out, and of the rest what
/// the RUN arguments name.
class choice {
  public:
    choice(command_session& session, const target& at, run_query query)
        : session_(session), at_(at), query_(std::move(query)) {}

    awaitable<result<chosen_runs>> run() {
        if (auto parsed = parse(); !parsed) {
            co_return parsed.error();
        }
        auto known = recall_runs(session_, at_, query_, filtering_->attributes());
        if (!known && order_decides()) {
            co_return co_await choose_in_order();
        }
        if (known) {
            recalled_ = std::move(known->age);
            got_ = {.runs = std::move(known->runs),
                    .end = {.home = std::move(known->home), .total = known->total}};
        } else if (auto fetched = co_await fetch(); !fetched) {
            co_return fetched.error();
        }
        for (auto& facts : got_.runs) {
            auto row = row_of(facts);
            if (filtering_->keeps({.facts = facts, .row = row, .scalars = {}})) {
                kept_.push_back({.facts = std::move(facts), .row = std::move(row)});
            }
        }
        if (auto filtered = co_await filter_by_expressions(); !filtered) {
            co_return filtered.error();
        }
        co_return choose();
    }

  private:
    struct candidate {
        protocol::run_facts facts;
        run_row row;
    };

    result<> parse() {
        auto filtering = run_filtering::parse(query_.selection.filter, now_us());
        if (!filtering) {
            return filtering.error();
        }
        filtering_ = std::move(*filtering);
        return {};
    }

    // Indexes, ids and operations choose among runs whose facts nobody knows yet.
    bool order_decides() const {
        auto rest = query_.selection.filter;
        rest.operations.clear();
        return rest == run_filter{} &&
               (!query_.selection.runs.empty() || !query_.selection.filter.operations.empty());
    }

    protocol::list_runs request_of_facts() const {
        protocol::list_runs request;
        request.home = at_.home;
        request.trash = query_.deleted;
        request.attributes = row_attributes();
        for (const auto& more : {query_.attributes, filtering_->attributes()}) {
            request.attributes.insert(request.attributes.end(), more.begin(), more.end());
        }
        return request;
    }

    awaitable<result<chosen_runs>> choose_in_order() {
        auto order = co_await fetch_order(session_, at_, query_.deleted);
        if (!order) {
            co_return order.error();
        }
        std::vector<std::string> ids; // newest first
        for (auto& each : order->runs) {
            const protocol::run_facts facts{.id = each.id, .opref = std::move(each.opref)};
            if (filtering_->keeps({.facts = facts, .row = {}, .scalars = {}})) {
                ids.push_back(std::move(each.id));
            }
        }
        auto chosen = selected(ids);
        if (!chosen) {
            co_return chosen.error();
        }
        chosen_runs out{.total = static_cast<std::int64_t>(chosen->size()), .home = order->home};
        cut(*chosen);
        if (chosen->empty()) {
            co_return out;
        }
        auto request = request_of_facts();
        for (const std::size_t index : each_once(*chosen)) {
            request.ids.push_back(ids[index]);
        }
        if (request.ids.size() > most_ids) {
            request.ids.clear();
        }
        auto got = co_await fetch_runs(session_, at_, std::move(request));
        if (!got) {
            co_return got.error();
        }
        std::map<std::string_view, protocol::run_facts*> by_id;
        for (auto& facts : got->runs) {
            by_id.emplace(facts.id, &facts);
        }
        for (const std::size_t index : *chosen) {
            const auto found = by_id.find(ids[index]);
            if (found == by_id.end()) {
                continue; // deleted meanwhile
            }
            out.rows.push_back(row_of(*found->second));
            out.rows.back().index = static_cast<std::int64_t>(index) + 1;
            if (!query_.attributes.empty()) {
                out.facts.push_back(*found->second);
            }
        }
        co_return out;
    }

    // What the RUN arguments name of these ids; all of them where there are none.
    result<std::vector<std::size_t>> selected(const std::vector<std::string>& ids) const {
        if (!query_.selection.runs.empty()) {
            auto named = select_runs(ids, query_.selection.runs);
            return named && !query_.repeats ? each_once(*named) : named;
        }
        std::vector<std::size_t> all(ids.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        return all;
    }

    // Rows beyond what was asked for are counted only.
    void cut(std::vector<std::size_t>& chosen) const {
        if (query_.newest > 0 && chosen.size() > static_cast<std::size_t>(query_.newest)) {
            chosen.resize(static_cast<std::size_t>(query_.newest));
        }
    }

    awaitable<result<>> fetch() {
        auto request = request_of_facts();
        const bool all = !query_.selection.runs.empty() || !filtering_->empty();
        request.newest = all ? 0 : query_.newest;
        const auto moment = moment_of_memory(session_);
        auto got = co_await fetch_runs(session_, at_, std::move(request));
        if (!got) {
            co_return got.error();
        }
        got_ = std::move(*got);
        if (!query_.deleted) {
            remember_runs(session_, at_, got_.end, got_.runs, moment);
        }
        co_return result<>();
    }

    awaitable<result<>> filter_by_expressions() {
        if (query_.selection.filter.expressions.empty()) {
            co_return result<>();
        }
        std::vector<std::string> ids;
        for (const auto& each : kept_) {
            if (filtering_->needs_scalars({.facts = each.facts, .row = each.row, .scalars = {}})) {
                ids.push_back(each.row.id);
            }
        }
        std::map<std::string, std::vector<scalar_summary>> scalars;
        if (!ids.empty()) {
            auto read = co_await fetch_scalars(session_, at_, std::move(ids), query_.deleted);
            if (!read) {
                co_return read.error();
            }
            scalars = std::move(*read);
        }
        std::erase_if(kept_, [&](const candidate& each) {
            return !filtering_->expressions_hold(
                {.facts = each.facts, .row = each.row, .scalars = scalars[each.row.id]});
        });
        co_return result<>();
    }

    result<chosen_runs> choose() {
        std::vector<std::string> ids;
        for (const auto& each : kept_) {
            ids.push_back(each.row.id);
        }
        auto chosen = selected(ids);
        if (!chosen) {
            return chosen.error();
        }
        chosen_runs out{.rows = {}, .total = got_.end.total, .home = got_.end.home};
        out.recalled = std::move(recalled_);
        if (!query_.selection.runs.empty() || !filtering_->empty()) {
            out.total = static_cast<std::int64_t>(chosen->size());
            cut(*chosen);
        }
        for (const std::size_t index : *chosen) {
            // One that repeats is needed once more.
            auto each = query_.repeats ? kept_[index] : std::move(kept_[index]);
            out.rows.push_back(std::move(each.row));
            out.rows.back().index = static_cast<std::int64_t>(index) + 1;
            if (!query_.attributes.empty()) {
                out.facts.push_back(std::move(each.facts));
            }
        }
        return out;
    }

    command_session& session_;
    const target& at_;
    run_query query_;
    std::optional<run_filtering> filtering_;
    fetched_runs got_;
    std::vector<candidate> kept_; // newest first
    std::optional<remembered_runs> recalled_;
};

} // namespace

awaitable<result<chosen_runs>> choose_runs(command_session& session, const target& at,
                                           run_query query) {
    choice chosen(session, at, std::move(query));
    co_return co_await chosen.run();
}

awaitable<result<runs_at_hand>> choose_runs_at(command_session& session, std::string remote,
                                               run_query query) {
    auto at = co_await session.find_target(std::move(remote));
    if (!at) {
        co_return at.error();
    }
    auto chosen = co_await choose_runs(session, *at, std::move(query));
    if (!chosen) {
        co_return chosen.error();
    }
    co_return runs_at_hand{.at = std::move(*at), .chosen = std::move(*chosen)};
}

awaitable<result<run_row>> choose_one_run(command_session& session, const target& at,
                                          run_selection selection) {
    auto chosen = co_await choose_runs(session, at, {.selection = selection, .newest = 1});
    if (!chosen) {
        co_return chosen.error();
    }
    if (chosen->rows.empty()) {
        co_return failure(errc::not_found, "no matching runs");
    }
    if (chosen->rows.size() > 1) {
        co_return failure(errc::bad_input, "this command takes one run, but several are named");
    }
    co_return std::move(chosen->rows.front());
}

awaitable<result<run_at_hand>> find_one_run(command_session& session, std::string remote,
                                            run_selection selection) {
    auto at = co_await session.find_target(std::move(remote));
    if (!at) {
        co_return at.error();
    }
    auto run = co_await choose_one_run(session, *at, std::move(selection));
    if (!run) {
        co_return run.error();
    }
    auto agent = co_await session.agent(*at);
    if (!agent) {
        co_return agent.error();
    }
    co_return run_at_hand{std::move(*at), std::move(*run), std::move(*agent)};
}

awaitable<result<std::map<std::string, run_row>>>
look_up_runs(command_session& session, const target& at, std::vector<std::string> ids) {
    std::map<std::string, run_row> found;
    if (ids.empty()) {
        co_return found;
    }
    protocol::list_runs request;
    request.home = at.home;
    request.attributes = row_attributes();
    request.ids = std::move(ids);
    auto got = co_await fetch_runs(session, at, std::move(request));
    if (!got) {
        co_return got.error();
    }
    for (const auto& facts : got->runs) {
        found.emplace(facts.id, row_of(facts));
    }
    co_return found;
}

awaitable<result<run_row>> look_up_run(command_session& session, const target& at, std::string id) {
    auto found = co_await look_up_runs(session, at, {id});
    if (!found) {
        co_return found.error();
    }
    if (found->empty()) {
        co_return failure(errc::not_found, "run " + id + " does not exist");
    }
    co_return std::move(found->begin()->second);
}

} // namespace outrider
