#pragma once

#include "engine/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// What became of a command on one of several remotes.
struct branch_end {
    std::string remote;
    std::optional<failure> error;
    std::optional<std::int64_t> exit_status;
};

/// Whether a failure means that the machine could not be asked: name, connection, host key, login
/// or agent. What was done there before is not undone, but nothing is known of it.
[[nodiscard]] bool is_unreachable(errc kind) noexcept;

/// How the whole command ended. All did it: the highest exit status. None did, of one cause (a
/// person declined, or interrupted): that. Some failed: `failed_in_part`. Some could not be
/// reached: `unreachable_in_part`, "3 of 100 unreachable: a, b, c"; `connect_failed` if it is all
/// of them, and `failed_in_part` where the others ended with an exit status that is not 0.
[[nodiscard]] result<std::optional<std::int64_t>>
branch_verdict(const std::vector<branch_end>& branches);

/// A failure of what was done with the answers of those that did answer, which names the others.
[[nodiscard]] failure with_silent_ones(failure why, const std::vector<branch_end>& branches);

} // namespace outrider
