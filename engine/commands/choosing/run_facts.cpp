#include "engine/commands/choosing/run_facts.hpp"

#include "engine/commands/choosing/listing_limit.hpp"
#include "engine/remotes/agent_client.hpp"

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto facts_read_limit = 60s;
constexpr std::size_t largest_file = std::size_t{4} << 20; // bytes; a manifest of 40,000 files

// Until the file ends, or the line that is wanted does.
enum class reading_end { file, line };

awaitable<result<std::optional<std::string>>> read_until(reading_end where, exchange& reading,
                                                         std::string path) {
    std::string bytes;
    for (;;) {
        auto incoming = co_await reading.next();
        if (!incoming && incoming.error().kind() == errc::not_found) {
            co_return std::nullopt;
        }
        if (!incoming) {
            co_return incoming.error();
        }
        if (incoming->kind == protocol::frame_kind::reply) {
            co_return std::optional(std::move(bytes));
        }
        if (incoming->kind == protocol::frame_kind::data) {
            bytes += incoming->payload;
        }
        const auto end = where == reading_end::line ? bytes.find('\n') : bytes.npos;
        if (end != bytes.npos) {
            bytes.resize(end);
            co_return std::optional(std::move(bytes));
        }
        if (bytes.size() > largest_file) {
            co_return failure(errc::bad_input, path + " is too large to be read here");
        }
    }
}

} // namespace

awaitable<result<std::vector<protocol::run_facts>>>
fetch_facts(command_session& session, const target& at, protocol::list_runs request) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    std::vector<protocol::run_facts> runs;
    auto take_batch = [&runs](const message_part& part) -> result<> {
        protocol::run_batch batch;
        if (part.type != protocol::run_batch::name || !protocol::from_json(part.body, batch)) {
            return failure(errc::protocol_violation, "unexpected part in a list of runs");
        }
        std::move(batch.runs.begin(), batch.runs.end(), std::back_inserter(runs));
        return {};
    };
    exchange asking(**agent, request);
    auto end = co_await with_deadline(asking.finish<protocol::run_list>(take_batch), listing_limit,
                                      (*agent)->name() + ": listing its runs took too long");
    if (!end) {
        co_return end.error();
    }
    co_return runs;
}

namespace {

awaitable<result<std::optional<std::string>>> fetch_until(reading_end where,
                                                          command_session& session,
                                                          const target& at,
                                                          protocol::read_file request) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    exchange reading(**agent, request);
    co_return co_await with_deadline(read_until(where, reading, request.path), facts_read_limit,
                                     (*agent)->name() + ": reading " + request.path +
                                         " took too long");
}

} // namespace

awaitable<result<std::optional<std::string>>>
fetch_run_file(command_session& session, const target& at, protocol::read_file request) {
    co_return co_await fetch_until(reading_end::file, session, at, std::move(request));
}

awaitable<result<std::optional<std::string>>>
fetch_first_line(command_session& session, const target& at, protocol::read_file request) {
    co_return co_await fetch_until(reading_end::line, session, at, std::move(request));
}

} // namespace outrider
