#include "engine/commands/choose_runs.hpp"

#include "engine/commands/run_rows.hpp"
#include "engine/runs/run_arguments.hpp"

#include <algorithm>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto list_limit = 60s; // ten thousand runs on a slow disk

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
    auto end = co_await with_deadline(asking.finish<protocol::run_list>(take_batch), list_limit,
                                      (*agent)->name() + ": listing its runs took too long");
    if (!end) {
        co_return end.error();
    }
    got.end = std::move(*end);
    co_return got;
}

} // namespace

awaitable<result<chosen_runs>> choose_runs(command_session& session, const target& at,
                                           run_query query) {
    protocol::list_runs request;
    request.home = at.home;
    request.trash = query.deleted;
    request.attributes = row_attributes();
    request.newest = query.selection.runs.empty() ? query.newest : 0;
    auto got = co_await fetch_runs(session, at, std::move(request));
    if (!got) {
        co_return got.error();
    }
    std::vector<std::string> ids;
    for (const auto& run : got->runs) {
        ids.push_back(run.id);
    }
    std::vector<std::size_t> chosen(ids.size());
    std::generate(chosen.begin(), chosen.end(), [i = std::size_t{0}]() mutable { return i++; });
    if (!query.selection.runs.empty()) {
        auto selected = select_runs(ids, query.selection.runs);
        if (!selected) {
            co_return selected.error();
        }
        chosen = std::move(*selected);
    }
    chosen_runs out{.rows = {}, .total = got->end.total, .home = got->end.home};
    for (const std::size_t at_index : chosen) {
        out.rows.push_back(row_of(got->runs[at_index]));
        out.rows.back().index = static_cast<std::int64_t>(at_index) + 1;
    }
    co_return out;
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

awaitable<result<run_row>> look_up_run(command_session& session, const target& at, std::string id) {
    protocol::list_runs request;
    request.home = at.home;
    request.attributes = row_attributes();
    request.ids = {id};
    auto got = co_await fetch_runs(session, at, std::move(request));
    if (!got) {
        co_return got.error();
    }
    if (got->runs.empty()) {
        co_return failure(errc::not_found, "run " + id + " does not exist");
    }
    co_return row_of(got->runs.front());
}

} // namespace outrider
