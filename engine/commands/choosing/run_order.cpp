#include "engine/commands/choosing/run_order.hpp"

#include "engine/commands/choosing/listing_limit.hpp"
#include "engine/protocol/order_messages.hpp"
#include "engine/remotes/agent_client.hpp"

namespace outrider {
namespace {

result<> take_batch(const message_part& part, std::vector<ordered_run>& runs) {
    const failure unexpected(errc::protocol_violation, "unexpected part in an order of runs");
    protocol::ordered_batch batch;
    if (part.type != protocol::ordered_batch::name || !protocol::from_json(part.body, batch) ||
        batch.opref_of.size() != batch.ids.size()) {
        return unexpected;
    }
    for (std::size_t i = 0; i < batch.ids.size(); ++i) {
        const auto place = static_cast<std::size_t>(batch.opref_of[i]);
        if (place >= batch.oprefs.size()) {
            return unexpected;
        }
        runs.push_back({.id = std::move(batch.ids[i]), .opref = batch.oprefs[place]});
    }
    return {};
}

} // namespace

awaitable<result<run_order>> fetch_order(command_session& session, const target& at, bool deleted) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    run_order out;
    auto take = [&out](const message_part& part) { return take_batch(part, out.runs); };
    exchange asking(**agent, protocol::order_runs{.home = at.home, .trash = deleted});
    auto end = co_await with_deadline(asking.finish<protocol::order_reply>(take), listing_limit,
                                      (*agent)->name() + ": listing its runs took too long");
    if (!end) {
        co_return end.error();
    }
    out.home = std::move(end->home);
    co_return out;
}

} // namespace outrider
