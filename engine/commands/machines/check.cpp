#include "engine/commands/machines/check_facts.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/text/version_text.hpp"

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
    const bool fits = what.version.empty() || fits_version(guild_version, what.version);
    machine_checked checked{.remote = at->remote,
                            .type = survey->to.type,
                            .host = survey->to.address.empty() ? survey->hello.machine.host_name
                                                               : survey->to.address};
    if (fits) {
        checked.facts = facts_of(*survey);
    }
    if (fits || !at->remote.empty()) { // where a check fails a remote is named all the same
        session.emit(std::move(checked));
    }
    if (!fits) {
        co_return failure(errc::bad_input, std::string("version mismatch: current version '") +
                                               guild_version + "' does not match '" + what.version +
                                               "'");
    }
    co_return outcome{};
}

} // namespace outrider
