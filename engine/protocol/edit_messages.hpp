#pragma once

#include "engine/protocol/messages.hpp"

/// Requests that change what is recorded of runs that exist.
namespace outrider::protocol {

/// What one attribute becomes.
struct attribute_change {
    std::string run_id;
    std::string name;
    /// The bytes that the client decided upon; nothing: there was no such file. Where the file is
    /// another meanwhile, nothing of that run is changed and the reply names the run.
    std::optional<std::string> before;
    std::optional<std::string> after; ///< YAML text; nothing: the file is removed
};
BOOST_DESCRIBE_STRUCT(attribute_change, (), (run_id, name, before, after))

struct change_reply {
    std::int64_t changed = 0;           ///< attributes
    std::vector<std::string> conflicts; ///< runs that somebody else changed meanwhile: read again
    std::vector<std::string> missing;   ///< runs that are gone
};
BOOST_DESCRIBE_STRUCT(change_reply, (), (changed, conflicts, missing))
/// Changes attributes of runs, all of one run together, under its lock and by rename: two clients
/// that edit one run never lose one of the edits. The changes of one run stand side by side. Only
/// `label`, `tags`, `marked` and `comments` may be changed (`bad_input`); running runs may be, and
/// copies of runs that are running elsewhere.
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
