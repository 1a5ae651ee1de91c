#include "engine/commands/lost_run.hpp"

#include "engine/commands/choose_runs.hpp"
#include "engine/commands/copying.hpp"
#include "engine/protocol/content_hash.hpp"

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto write_limit = 30s;

// The trash of a home has the layout of a home.
target trash_of(target far) {
    far.home += "/trash";
    return far;
}

awaitable<result<>> write_reason(command_session& session, const target& here,
                                 const std::string& run_id, const std::string& why) {
    const std::string text = protocol::encode(protocol::end_reason{"deleted", why});
    auto agent = co_await session.agent(here);
    if (!agent) {
        co_return agent.error();
    }
    protocol::receive_files request;
    request.home = here.home;
    request.run_id = run_id;
    exchange sending(**agent, request);
    protocol::file_head head;
    head.entry.path = ".guild/outrider/reason";
    head.entry.size = static_cast<std::int64_t>(text.size());
    head.entry.mode = 0644;
    head.entry.mtime_ns = std::chrono::system_clock::now().time_since_epoch() / 1ns;
    auto sent = co_await sending.part(head);
    if (sent) {
        sent = co_await sending.data(text);
    }
    if (sent) {
        sent = co_await sending.part(
            protocol::file_end{.size = head.entry.size, .hash = protocol::hash_of(text)});
    }
    if (sent) {
        sent = co_await sending.part(protocol::files_end{});
    }
    if (!sent) {
        co_return sent;
    }
    auto ignore_parts = [](const message_part&) -> result<> { return {}; };
    auto received = co_await with_deadline(sending.finish<protocol::receive_reply>(ignore_parts),
                                           write_limit, "writing the reason took too long");
    co_return received ? result<>() : result<>(received.error());
}

} // namespace

awaitable<result<run_state>> sync_lost_run(command_session& session, const target& here, target far,
                                           run_row copy) {
    auto deleted = co_await look_up_run(session, trash_of(far), copy.id);
    if (deleted) {
        session.emit(note{.warning = true,
                          .text = "run " + copy.id + " was deleted on " + far.remote +
                                  "; its last state is copied from the trash there"});
        const auto state = deleted->state;
        copy_route by{.from = trash_of(far), .to = here, .lock_name = far.remote};
        auto copied = co_await copy_runs(session, std::move(by), {std::move(*deleted)});
        co_return copied ? result<run_state>(state) : result<run_state>(copied.error());
    }
    if (deleted.error().kind() != errc::not_found) {
        co_return deleted.error();
    }
    auto others = co_await choose_runs(session, far, {.newest = 1});
    if (!others) {
        co_return others.error();
    }
    if (others->total == 0) {
        session.emit(note{.warning = true,
                          .text = "run " + copy.id + " is not on " + far.remote +
                                  ", where no runs are at all: its copy here stays as it is"});
        co_return failure(errc::not_found, "run " + copy.id + " is not on " + far.remote);
    }
    const std::string why = "deleted on " + far.remote + " before its end was copied";
    session.emit(note{.warning = true,
                      .text = "run " + copy.id + " was " + why + ": how it ended is not known"});
    if (auto written = co_await write_reason(session, here, copy.id, why); !written) {
        co_return written.error();
    }
    protocol::mark_copy markers;
    markers.run_id = copy.id;
    auto marked = co_await mark_local_copy(session, here, std::move(markers));
    co_return marked ? result<run_state>(run_state::error) : result<run_state>(marked.error());
}

} // namespace outrider
