#pragma once

#include "engine/api/query_events.hpp"
#include "engine/protocol/messages.hpp"

/// Requests about the scalars that runs logged.
namespace outrider::protocol {

/// The scalars of one run, and of the runs that are linked into it (trials, steps).
struct run_scalars {
    std::string run_id;
    std::vector<scalar_summary> scalars;           ///< by the directory of their files, then by tag
    std::map<std::string, std::string> attributes; ///< logged beside them: YAML text by name
    std::string proto;                             ///< opref of a batch's prototype; else empty
};
BOOST_DESCRIBE_STRUCT(run_scalars, (), (run_id, scalars, attributes, proto))

/// A part of the reply to `read_scalars`.
struct scalars_batch {
    static constexpr std::string_view name = "scalars_batch";
    std::vector<run_scalars> runs;
};
BOOST_DESCRIBE_STRUCT(scalars_batch, (), (runs))
struct scalars_reply {
    std::int64_t runs = 0;
};
BOOST_DESCRIBE_STRUCT(scalars_reply, (), (runs))
/// Summarises the TensorBoard event files below the runs, through links to other runs of the home
/// too; what was read once is kept in an index beside the home, and only what changed is read
/// again.
struct read_scalars {
    using reply = scalars_reply;
    static constexpr std::string_view name = "read_scalars";
    std::string home;
    bool trash = false;
    std::vector<std::string> ids;
};
BOOST_DESCRIBE_STRUCT(read_scalars, (), (home, trash, ids))

} // namespace outrider::protocol
