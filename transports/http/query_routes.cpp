#include "transports/http/query_routes.hpp"

#include "engine/json/described_json.hpp"
#include "transports/http/command_routes.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

json::array failures_in(const performed_command& done) {
    json::array failures;
    for (const auto& told : done.events) {
        if (const auto* failed = std::get_if<remote_failed>(&told)) {
            failures.push_back(protocol::to_json(*failed));
        }
    }
    return failures;
}

} // namespace

awaitable<http_answer> list_remotes(server_state& state, const route_call&) {
    auto done = co_await perform_alone(state, remotes_command{});
    if (!done || done->error) {
        co_return error_answer(done ? *done->error : done.error());
    }
    const auto known = state.with.links.states();
    json::array rows;
    for (const auto& told : done->events) {
        const auto* listed = std::get_if<remotes_listed>(&told);
        for (const auto& row : listed != nullptr ? listed->rows : std::vector<remote_row>()) {
            const auto found =
                std::ranges::find(known, row.name, [](const auto& each) { return each.first; });
            auto shown = protocol::to_json(row);
            shown.as_object()["up"] =
                found == known.end() ? json::value(nullptr) : json::value(found->second);
            rows.push_back(std::move(shown));
        }
    }
    co_return json_answer({{"remotes", std::move(rows)}});
}

awaitable<http_answer> list_runs(server_state& state, const route_call& call) {
    const auto& target = call.target;
    const auto limit = target.number("limit");
    if (!limit) {
        co_return error_answer(limit.error());
    }
    const auto remotes = target.text("remote");
    list_command what;
    what.remote = remotes;
    what.limit = limit->value_or(0);
    what.fresh = target.flag("fresh");
    auto done = co_await perform_alone(state, std::move(what));
    if (!done) {
        co_return error_answer(done.error());
    }
    json::object body{{"runs", json::array()},
                      {"total", 0},
                      {"remembered", json::array()},
                      {"failures", failures_in(*done)}};
    bool listed = false;
    for (const auto& told : done->events) {
        if (const auto* rows = std::get_if<runs_listed>(&told)) {
            listed = true;
            body["runs"] = protocol::to_json(rows->rows);
            body["total"] = rows->total;
            body["remembered"] = protocol::to_json(rows->remembered);
        }
    }
    // Of several remotes some may have answered: then there is an answer.
    co_return done->error && !listed ? error_answer(*done->error) : json_answer(std::move(body));
}

} // namespace outrider
