#pragma once

#include "engine/protocol/messages.hpp"

/// Waiting for runs where they are.
namespace outrider::protocol {

struct wait_reply {
    std::vector<std::string> ended; ///< in the order of the request; gone ones are among them
};
BOOST_DESCRIBE_STRUCT(wait_reply, (), (ended))
/// Replies when all of the runs have ended, or with `any` when one has. A staged run has not ended:
/// somebody may start it. `not_found` if a run is not there at the beginning.
struct wait_runs {
    using reply = wait_reply;
    static constexpr std::string_view name = "wait_runs";
    std::string home;
    std::vector<std::string> ids; ///< at most 1000
    bool any = false;
};
BOOST_DESCRIBE_STRUCT(wait_runs, (), (home, ids, any))

} // namespace outrider::protocol
