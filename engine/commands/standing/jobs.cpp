#include "engine/commands/session/perform.hpp"
#include "engine/commands/standing/needs_service.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, jobs_command what) {
    auto here = find_standing_jobs(session, "standing jobs are done by a service");
    if (!here) {
        co_return here.error();
    }
    auto& jobs = **here;
    if (what.remove.empty()) {
        session.emit(jobs_listed{jobs.list()});
        co_return outcome{};
    }
    auto removed = co_await jobs.remove(std::move(what.remove));
    if (!removed) {
        co_return removed.error();
    }
    session.emit(jobs_removed{std::move(*removed)});
    co_return outcome{};
}

} // namespace outrider
