#pragma once

#include "engine/commands/session/perform.hpp"
#include "engine/commands/several/branch_verdict.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace outrider {

/// Lists the runs of several remotes in one table (`runs_listed::remotes`).
[[nodiscard]] awaitable<result<outcome>>
list_on_each(command_session& session, std::vector<std::string> remotes, list_command what);

/// The runs that RUN arguments name among those of several remotes, which count in the order of
/// their common listing; and the remotes with which nothing is left to do.
struct runs_by_remote {
    std::map<std::string, std::vector<std::string>> ids; ///< only remotes that hold some
    std::vector<branch_end> others; ///< they hold none, or could not be asked (told already)
};
[[nodiscard]] awaitable<result<runs_by_remote>>
choose_on_each(command_session& session, std::vector<std::string> remotes, run_selection selection);

/// Does `each` on every remote, and sums up; `others` stand in the sum as well.
[[nodiscard]] awaitable<result<outcome>>
work_on_each(command_session& session, std::vector<std::string> remotes,
             std::function<awaitable<result<outcome>>(command_session&, std::string)> each,
             std::vector<branch_end> others = {});

/// Does `act` with a command on each of several remotes. Of RUN arguments each gets those that it
/// holds.
template <class Command, class Act>
[[nodiscard]] awaitable<result<outcome>>
perform_on_each(command_session& session, std::vector<std::string> remotes, Command what, Act act) {
    std::map<std::string, std::vector<std::string>> runs;
    std::vector<branch_end> others;
    if constexpr (requires { what.selection; }) {
        if (!what.selection.runs.empty()) {
            auto chosen = co_await choose_on_each(session, std::move(remotes), what.selection);
            if (!chosen) {
                co_return chosen.error();
            }
            remotes.clear();
            for (const auto& [remote, ids] : chosen->ids) {
                remotes.push_back(remote);
            }
            runs = std::move(chosen->ids);
            others = std::move(chosen->others);
            what.selection.filter = {};
        }
    }
    auto each = [&](command_session& own, std::string remote) {
        auto one = what;
        if constexpr (requires { one.selection; }) {
            if (const auto named = runs.find(remote); named != runs.end()) {
                one.selection.runs = named->second;
            }
        }
        one.remote = std::move(remote);
        return act(own, std::move(one));
    };
    co_return co_await work_on_each(session, std::move(remotes), each, std::move(others));
}

} // namespace outrider
