#include "engine/commands/looking/executing.hpp"
#include "engine/commands/session/perform.hpp"

namespace outrider {
namespace {

// Of the user's code, for the words about it.
std::string first_line_of(const std::string& code) {
    const auto end = code.find_first_of("\r\n");
    const bool goes_on =
        end != std::string::npos && code.find_first_not_of(" \r\n", end) != std::string::npos;
    return code.substr(0, end) + (goes_on ? " ..." : "");
}

} // namespace

// The text of `init` is the user's own shell code. It goes through the environment, so that nothing
// in it is replaced on the way.
awaitable<result<outcome>> perform(command_session& session, remote_start_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    const remote& to = at->to;
    if (!what.reinit) {
        co_return failure(errc::unsupported,
                          "remote " + to.name +
                              " does not support this operation: start is not "
                              "supported for " +
                              to.type +
                              " remotes\nTo run its 'init' command use '{program} remote "
                              "start " +
                              to.name + " --reinit'");
    }
    if (to.init.empty()) {
        co_return failure(errc::bad_input, "remote " + to.name +
                                               " cannot be reinitialized: it has no 'init' command "
                                               "in config.yml");
    }
    question asked;
    asked.kind = question_kind::remote_start;
    asked.remote = to.name;
    asked.text = to.init;
    if (auto agreed = co_await session.confirm(std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    protocol::execute request;
    request.words = {"/bin/sh", "-c", "eval \"$OUTRIDER_INIT\""};
    request.environment["OUTRIDER_INIT"] = to.init;
    auto show = [&session](std::string_view bytes) {
        session.emit(output_bytes{.bytes = std::string(bytes)});
    };
    auto ended = co_await execute_on(session, *at, std::move(request), show);
    if (!ended) {
        co_return ended.error();
    }
    if (*ended != 0) {
        session.emit(note{.warning = true,
                          .text = "the init command of " + to.name + " ended with exit code " +
                                  std::to_string(*ended) + ": " + first_line_of(to.init)});
    }
    co_return outcome{*ended};
}

} // namespace outrider
