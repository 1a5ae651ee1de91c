#include "engine/commands/machines/check_facts.hpp"
#include "engine/commands/session/perform.hpp"

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, check_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    auto survey = co_await survey_machine(session, *at, false);
    if (!survey) {
        co_return survey.error();
    }
    session.emit(machine_checked{
        .remote = at->remote,
        .type = survey->to.type,
        .host = survey->to.address.empty() ? survey->hello.machine.host_name : survey->to.address,
        .facts = facts_of(*survey)});
    co_return outcome{};
}

} // namespace outrider
