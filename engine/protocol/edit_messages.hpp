#pragma once

#include "engine/protocol/messages.hpp"

/// Requests that change what is recorded of runs that exist.
namespace outrider::protocol {

/// What one attribute becomes.
struct attribute_change {
    std::string run_id;
    std::string name;
    /// The bytes that the client decided upon; nothing: there was no such file. Where the file is
    /// another meanwhile, nothing is changed and the request fails with `conflict`.
    std::optional<std::string> before;
    std::optional<std::string> after; ///< YAML text; nothing: the file is removed
};
BOOST_DESCRIBE_STRUCT(attribute_change, (), (run_id, name, before, after))

struct change_reply {
    std::int64_t changed = 0; ///< attributes
};
BOOST_DESCRIBE_STRUCT(change_reply, (), (changed))
/// Changes attributes of runs, each under the lock of its run and by rename: two clients that edit
/// one run never lose one of the edits. A copy of a run that is running elsewhere may be changed.
struct change_attributes {
    using reply = change_reply;
    static constexpr std::string_view name = "change_attributes";
    std::string home;
    std::vector<attribute_change> changes; ///< at most 1000
};
BOOST_DESCRIBE_STRUCT(change_attributes, (), (home, changes))

struct restore_reply {
    std::vector<std::string> restored;
};
BOOST_DESCRIBE_STRUCT(restore_reply, (), (restored))
/// Moves runs from the trash back. `conflict` where a run of that id exists.
struct restore_runs {
    using reply = restore_reply;
    static constexpr std::string_view name = "restore_runs";
    std::string home;
    std::vector<std::string> ids;
};
BOOST_DESCRIBE_STRUCT(restore_runs, (), (home, ids))

/// Removes runs from the trash for good.
struct purge_runs {
    using reply = delete_reply;
    static constexpr std::string_view name = "purge_runs";
    std::string home;
    std::vector<std::string> ids;
};
BOOST_DESCRIBE_STRUCT(purge_runs, (), (home, ids))

} // namespace outrider::protocol
