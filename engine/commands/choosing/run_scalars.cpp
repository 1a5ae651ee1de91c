#include "engine/commands/choosing/run_scalars.hpp"

#include "engine/remotes/agent_client.hpp"

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto scalars_read_limit = 10min; // gigabytes of event files that nobody read before
// Tags of all runs, of a hostile or broken far side.
constexpr std::size_t most_scalars = 2'000'000;

} // namespace

awaitable<result<std::map<std::string, protocol::run_scalars>>>
fetch_logged(command_session& session, const target& at, std::vector<std::string> ids, bool trash) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    std::map<std::string, protocol::run_scalars> got;
    std::size_t scalars = 0;
    auto take_batch = [&](const message_part& part) -> result<> {
        protocol::scalars_batch batch;
        if (part.type != protocol::scalars_batch::name || !protocol::from_json(part.body, batch)) {
            return failure(errc::protocol_violation, "unexpected part in a list of scalars");
        }
        for (auto& run : batch.runs) {
            scalars += run.scalars.size() + run.attributes.size();
            auto& all = got[run.run_id];
            all.run_id = run.run_id;
            std::move(run.scalars.begin(), run.scalars.end(), std::back_inserter(all.scalars));
            all.attributes.merge(run.attributes);
            if (!run.proto.empty()) {
                all.proto = std::move(run.proto);
            }
        }
        if (scalars > most_scalars) {
            return failure(errc::protocol_violation, "more than two million scalars");
        }
        return {};
    };
    protocol::read_scalars request;
    request.home = at.home;
    request.trash = trash;
    request.ids = std::move(ids);
    exchange asking(**agent, request);
    auto end = co_await with_deadline(asking.finish<protocol::scalars_reply>(take_batch),
                                      scalars_read_limit,
                                      (*agent)->name() + ": reading scalars took too long");
    if (!end) {
        co_return end.error();
    }
    co_return got;
}

awaitable<result<std::map<std::string, std::vector<scalar_summary>>>>
fetch_scalars(command_session& session, const target& at, std::vector<std::string> ids,
              bool trash) {
    auto logged = co_await fetch_logged(session, at, std::move(ids), trash);
    if (!logged) {
        co_return logged.error();
    }
    std::map<std::string, std::vector<scalar_summary>> out;
    for (auto& [id, run] : *logged) {
        out.emplace(id, std::move(run.scalars));
    }
    co_return out;
}

} // namespace outrider
