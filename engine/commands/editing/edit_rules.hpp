#pragma once

#include "engine/api/edit_commands.hpp"
#include "engine/api/edit_events.hpp"
#include "engine/api/query_events.hpp"
#include "engine/protocol/messages.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <vector>

/// What labels, tags and comments become. Pure.
namespace outrider {

/// A label after `label -s|-p|-a|-rm|-c` (FORMAT.md 4.8): parts are joined with one space; where
/// `text` stands as whole words and is taken out, the spaces around it become one. Empty: no label.
[[nodiscard]] std::string edited_label(const std::string& label, label_change change,
                                       const std::string& text);

/// Tags after `tag -c -a -d`, sorted, each once.
[[nodiscard]] std::vector<std::string> edited_tags(const std::vector<std::string>& tags,
                                                   const tag_command& what);

/// A label after its run's tags changed from `before` to `after` (`tag --sync-labels`): new tags
/// are put in front, those that are gone are taken out where they stand as words.
[[nodiscard]] std::string label_for_tags(const std::string& label,
                                         const std::vector<std::string>& before,
                                         const std::vector<std::string>& after);

/// Comments of a run from the value of its attribute, oldest first; entries of another shape are
/// left out.
[[nodiscard]] std::vector<run_comment> comments_of(const boost::json::value& attribute);

/// What is told of a deletion.
[[nodiscard]] runs_deleted deletion_of(const protocol::delete_reply& done, bool permanent);

/// The strings of a list; other values are left out.
[[nodiscard]] std::vector<std::string> strings_of(const boost::json::value& attribute);

} // namespace outrider
