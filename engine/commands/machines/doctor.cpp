#include "engine/commands/looking/executing.hpp"
#include "engine/commands/machines/machine_findings.hpp"
#include "engine/commands/session/perform.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>

namespace outrider {
namespace {

using namespace std::chrono_literals;

// The configuration that connecting asks as well: ssh itself looks into the home of the password
// database, whatever HOME says.
std::vector<std::string> config_words(const command_context& context, const remote& to) {
    if (to.ssh_config) {
        return {"-F", *to.ssh_config};
    }
    const auto* account = ::getpwuid(::getuid());
    const auto home = context.environment.find("HOME");
    if (home == context.environment.end() ||
        (account != nullptr && home->second == account->pw_dir)) {
        return {};
    }
    const std::string own = home->second + "/.ssh/config";
    return {"-F", ::access(own.c_str(), R_OK) == 0 ? own : "none"};
}

// What the user's own ssh configuration means for this remote, asked from the `ssh` here.
awaitable<std::optional<finding>> look_at_ssh(command_session& session, remote to) {
    auto here = co_await session.find_target({});
    if (to.type != "ssh" || to.ssh_config == "none" || !here) {
        co_return std::nullopt;
    }
    protocol::execute request;
    request.words = {"ssh", "-G"};
    for (auto& word : config_words(session.context(), to)) {
        request.words.push_back(std::move(word));
    }
    request.words.insert(request.words.end(), {"--", to.host});
    auto said = co_await ask_program(session, *here, std::move(request), 10s);
    finding out{.name = "ssh_config", .level = finding_level::warning};
    if (!said && said.error().kind() == errc::not_found) {
        out.what = "there is no ssh on this machine: ~/.ssh/config is not honoured";
        out.cure = "install the OpenSSH client, or put user, port and key into config.yml";
        co_return out;
    }
    const bool lax = said && to.host_keys == host_key_policy::inherit &&
                     said->output.find("stricthostkeychecking false") != std::string::npos;
    if (lax) {
        out.what = "StrictHostKeyChecking is 'no' for " + to.host +
                   ": whoever stands in between at the first contact is believed";
        out.cure = "set it to 'ask' in the ssh configuration, or 'host-keys: strict' in "
                   "config.yml; a key that has changed is refused in any case";
        co_return out;
    }
    co_return std::nullopt;
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, doctor_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    machine_examined out{.remote = at->remote, .findings = {}};
    if (auto found = co_await look_at_ssh(session, at->to)) {
        out.findings.push_back(std::move(*found));
    }
    auto survey = co_await survey_machine(session, *at, true);
    if (survey) {
        auto findings = findings_of(*survey);
        std::ranges::move(findings, std::back_inserter(out.findings));
    } else if (survey.error().kind() == errc::cancelled || survey.error().kind() == errc::aborted) {
        co_return survey.error();
    } else {
        out.findings.push_back(finding_of(survey.error(), at->to));
    }
    const bool bad = std::ranges::any_of(
        out.findings, [](const finding& each) { return each.level == finding_level::problem; });
    session.emit(out);
    co_return outcome{bad ? 1 : 0};
}

} // namespace outrider
