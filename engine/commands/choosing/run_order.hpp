#pragma once

#include "engine/commands/session/session.hpp"

#include <string>
#include <vector>

namespace outrider {

/// A run as its place in the order of a listing needs it.
struct ordered_run {
    std::string id;
    std::string opref;
};

/// The runs of a home, newest first, and where that is.
struct run_order {
    std::vector<ordered_run> runs;
    std::string home; ///< absolute, there
};

/// The runs of a machine in the order of its listing, without their facts: of ten thousand runs
/// that is a tenth of the work. `deleted`: of the trash.
[[nodiscard]] awaitable<result<run_order>> fetch_order(command_session& session, const target& at,
                                                       bool deleted);

} // namespace outrider
