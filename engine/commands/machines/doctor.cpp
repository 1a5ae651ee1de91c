#include "engine/commands/machines/machine_findings.hpp"
#include "engine/commands/session/perform.hpp"

#include <algorithm>

namespace outrider {

awaitable<result<outcome>> perform(command_session& session, doctor_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    machine_examined out{.remote = at->remote, .findings = co_await session.examine(*at)};
    auto survey = co_await survey_machine(session, *at, true);
    if (survey) {
        auto findings = findings_of(*survey);
        std::ranges::move(findings, std::back_inserter(out.findings));
    } else if (survey.error().kind() == errc::cancelled || survey.error().kind() == errc::aborted) {
        co_return survey.error();
    } else {
        out.findings.push_back(finding_of(survey.error(), at->over->type().by_hand(at->to)));
    }
    const bool bad = std::ranges::any_of(
        out.findings, [](const finding& each) { return each.level == finding_level::problem; });
    session.emit(out);
    co_return outcome{bad ? 1 : 0};
}

} // namespace outrider
