#pragma once

#include "engine/remotes/agent_client.hpp"
#include "engine/sync/copy_plan.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Two homes, and the runs in them that are to be compared.
struct comparison {
    std::string from_home;
    std::string to_home;
    std::vector<std::string> run_ids;
    bool delete_extra = false;
};

/// Compares runs with their copies: both ends are scanned at once, in one round trip for all runs,
/// and what is equal is never held. The plans are in the order of the ids.
[[nodiscard]] awaitable<result<std::vector<copy_plan>>>
compare_runs(agent_client& from, agent_client& to, comparison what);

} // namespace outrider
