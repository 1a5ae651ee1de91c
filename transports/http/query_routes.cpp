#include "transports/http/query_routes.hpp"

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/session/session.hpp"
#include "engine/json/described_json.hpp"
#include "engine/reactor/task_group.hpp"
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

/// The bytes of an output that were asked for.
struct output_range {
    std::int64_t from = 0;
    std::optional<std::int64_t> to; ///< the byte behind the last one
    bool follow = false;
};

result<output_range> range_in(const request_target& target) {
    const auto from = target.number("from");
    const auto to = target.number("to");
    if (!from || !to) {
        return from ? to.error() : from.error();
    }
    if (*to && **to < from->value_or(0)) {
        return failure(errc::bad_input, "'to' is less than 'from'");
    }
    return output_range{.from = from->value_or(0), .to = *to, .follow = target.flag("follow")};
}

// The data of an exchange from one offset on, until the range or the output ends.
awaitable<result<>> pass_on(exchange& reading, output_range range, http_stream& stream,
                            std::int64_t& sent) {
    std::int64_t at = range.from;
    while (!range.to || at < *range.to) {
        auto incoming = co_await reading.next();
        if (!incoming) {
            co_return incoming.error();
        }
        // A part says that the output is shorter than the offset: there is nothing from there on.
        if (incoming->kind != protocol::frame_kind::data) {
            break;
        }
        std::string_view bytes = incoming->payload;
        if (range.to) {
            bytes = bytes.substr(0, static_cast<std::size_t>(*range.to - at));
        }
        if (auto passed = co_await stream.chunk(bytes); !passed) {
            co_return passed.error();
        }
        at += static_cast<std::int64_t>(bytes.size());
        sent += static_cast<std::int64_t>(bytes.size());
    }
    co_return co_await stream.end();
}

} // namespace

awaitable<http_answer> list_remotes(server_state& state) {
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

awaitable<http_answer> list_runs(server_state& state, request_target target) {
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

awaitable<void> send_output(server_state& state, std::string run_id, request_target target,
                            open_exchange with) {
    const auto range = range_in(target);
    if (!range) {
        std::ignore = co_await with.stream.send(error_answer(range.error()));
        co_return;
    }
    command_session session(state.usual,
                            {.tell = [](const event&, const std::string&) {},
                             .ask = [](const question&, answer_taker give) { give(std::nullopt); }},
                            state.with);
    run_selection selection;
    selection.runs = {std::move(run_id)};
    auto found = co_await find_one_run(session, target.text("remote"), std::move(selection));
    if (!found) {
        std::ignore = co_await with.stream.send(error_answer(found.error()));
        co_return;
    }
    // A channel of its own: a client that reads slowly holds up nobody else.
    auto agent = co_await session.bulk_agent(found->at);
    if (!agent) {
        std::ignore = co_await with.stream.send(error_answer(agent.error()));
        co_return;
    }
    protocol::follow_output request;
    request.home = found->at.home;
    request.run_id = found->run.id;
    request.offset = range->from;
    request.follow = range->follow;
    if (!co_await with.stream.begin("application/octet-stream")) {
        co_return;
    }
    exchange reading(**agent, request);
    task_group both(state.executor);
    both.spawn("output", [&]() -> awaitable<void> {
        if (!co_await pass_on(reading, *range, with.stream, state.output_sent)) {
            with.stream.close_after_answer(); // the missing end of the chunks says that it was cut
        }
        both.cancel();
    });
    both.spawn("client", [&]() -> awaitable<void> {
        co_await with.stream.peer_left();
        reading.abandon();
    });
    co_await both.join_or_cancel();
}

} // namespace outrider
