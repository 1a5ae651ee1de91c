#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/looking/run_file.hpp"
#include "engine/commands/session/perform.hpp"

#include <algorithm>

namespace outrider {
namespace {

// A missing file is named as Guild names it, by its absolute path alone.
failure in_guilds_words(failure why, const std::string& machine) {
    const std::string prefix = machine + ": ";
    if (why.kind() == errc::not_found && why.context.starts_with(prefix)) {
        why.context.erase(0, prefix.size());
    }
    return why;
}

awaitable<result<std::string>> path_of(command_session& session, const run_at_hand& of,
                                       const cat_command& what) {
    if (what.output) {
        co_return std::string(".guild/output");
    }
    std::string root;
    if (what.sourcecode) {
        auto found = co_await source_root(session, of);
        if (!found) {
            co_return found.error();
        }
        root = std::move(*found);
    }
    co_return path_in_run(root, what.path);
}

result<> check_range(const cat_command& what) {
    if (!what.range) {
        return {};
    }
    if (!what.output) {
        return failure(errc::bad_input, "a range is one of the output");
    }
    if (what.range->from < 0 || what.range->to.value_or(what.range->from) < what.range->from) {
        return failure(errc::bad_input, "the range of the output ends before it begins");
    }
    return {};
}

// On a channel of its own: a client that reads slowly holds up nobody else.
awaitable<result<outcome>> tell_range(command_session& session, const run_at_hand& of,
                                      output_range range) {
    const auto agent = co_await session.bulk_agent(of.at);
    if (!agent) {
        co_return agent.error();
    }
    protocol::follow_output request;
    request.home = of.at.home;
    request.run_id = of.run.id;
    request.offset = range.from;
    request.follow = range.follow;
    session.emit(output_bytes{});
    exchange reading(**agent, request);
    for (auto at = range.from; !range.to || at < *range.to;) {
        auto incoming = co_await reading.next();
        if (!incoming) {
            co_return incoming.error();
        }
        // A part says that the output is shorter than the offset: there is nothing from there on.
        if (incoming->kind != protocol::frame_kind::data) {
            break;
        }
        std::string bytes(incoming->payload);
        if (range.to) {
            bytes.resize(std::min(bytes.size(), static_cast<std::size_t>(*range.to - at)));
        }
        at += static_cast<std::int64_t>(bytes.size());
        session.emit(output_bytes{.bytes = std::move(bytes)});
        co_await session.catch_up();
    }
    co_return outcome{};
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, cat_command what) {
    if (what.path.empty() && !what.output) {
        co_return failure(errc::bad_input, "-p / --path is required unless --output is specified");
    }
    if (auto good = check_range(what); !good) {
        co_return good.error();
    }
    auto found = co_await find_one_run(session, what.remote, what.selection);
    if (!found) {
        co_return found.error();
    }
    if (what.range) {
        co_return co_await tell_range(session, *found, *what.range);
    }
    auto path = co_await path_of(session, *found, what);
    if (!path) {
        co_return path.error();
    }
    if (path->empty()) {
        co_return failure(errc::bad_input, found->run.directory + " is a directory");
    }
    protocol::read_file request;
    request.home = found->at.home;
    request.run_id = found->run.id;
    request.path = std::move(*path);
    // The control channel of a service is that of others too, and a client may read slowly.
    auto agent = found->agent;
    if (session.resources().is_service()) {
        auto own = co_await session.bulk_agent(found->at);
        if (!own) {
            co_return own.error();
        }
        agent = std::move(*own);
    }
    exchange reading(*agent, request);
    for (;;) {
        auto incoming = co_await reading.next();
        if (!incoming) {
            co_return in_guilds_words(incoming.error(), found->agent->name());
        }
        if (incoming->kind == protocol::frame_kind::data) {
            session.emit(output_bytes{.bytes = std::string(incoming->payload)});
            co_await session.catch_up();
        } else if (incoming->kind == protocol::frame_kind::reply) {
            co_return outcome{};
        }
    }
}

} // namespace outrider
