#pragma once

#include "engine/core/result.hpp"

namespace outrider {

/// A failure to find the runs of a command that takes many: Guild does not name the command's own
/// help then, as it does where one run is meant.
[[nodiscard]] inline failure of_multiple_runs(failure why) {
    constexpr std::string_view named = " or '{program} {command} --help' for more information.";
    if (why.kind() == errc::not_found && why.context.ends_with(named)) {
        why.context.replace(why.context.size() - named.size(), named.size(), ".");
    }
    return why;
}

} // namespace outrider
