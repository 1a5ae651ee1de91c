#pragma once

#include "engine/api/query_events.hpp"
#include "engine/api/run_row.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What is told of changes to runs that exist.
namespace outrider {

BOOST_DEFINE_ENUM_CLASS(nothing_to, stop, remove, restore, purge, change, unmark, wait)
/// The selection was empty; not an error.
struct nothing_selected {
    nothing_to what = nothing_to::stop;
};
BOOST_DESCRIBE_STRUCT(nothing_selected, (), (what))

/// A run directory that was only a link was removed: what it led to stays.
struct run_link_removed {
    std::string run_id;
    std::string target;
};
BOOST_DESCRIBE_STRUCT(run_link_removed, (), (run_id, target))
struct runs_deleted {
    std::int64_t count = 0;
    bool permanent = false;
    std::vector<run_link_removed> links; ///< not counted
};
BOOST_DESCRIBE_STRUCT(runs_deleted, (), (count, permanent, links))

struct runs_restored {
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(runs_restored, (), (count))

BOOST_DEFINE_ENUM_CLASS(edit_kind, labeled, label_cleared, tagged, marked, unmarked, comment_added,
                        comment_deleted, comments_deleted)
/// Attributes of runs were changed.
struct runs_edited {
    edit_kind kind = edit_kind::labeled;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(runs_edited, (), (kind, count))

/// `tag --list-all`: sorted.
struct tags_listed {
    std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(tags_listed, (), (tags))

/// `comment -l`, one of them for each run.
struct comments_listed {
    run_row run;
    std::vector<run_comment> comments; ///< oldest first
};
BOOST_DESCRIBE_STRUCT(comments_listed, (), (run, comments))

} // namespace outrider
