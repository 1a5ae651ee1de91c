#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/choosing/column_spec.hpp"
#include "engine/protocol/messages.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// What one run has in it: a number, a text, null where it has nothing (or a value that is no
/// number).
[[nodiscard]] boost::json::value value_in(const run_column& column, const run_detail& run);

/// What a table shows of it: as `value_in`, but attributes as texts for people, and numbers that
/// are not finite as the text of them. `facts` has the attributes that are files of the run alone.
[[nodiscard]] boost::json::value shown_value(const run_column& column, const run_detail& run,
                                             const protocol::run_facts& facts);

/// The order of values: numbers by size, then texts; booleans count as 0 and 1.
[[nodiscard]] bool column_less(const boost::json::value& left, const boost::json::value& right);

/// An attribute as `select` prints it: what `info` shows of that name (`user_home` stands as `~`),
/// else the YAML text of the attribute; nothing if the run has none of that name.
[[nodiscard]] std::optional<std::string> attribute_text(const run_detail& run,
                                                        const protocol::run_facts& facts,
                                                        const std::string& name,
                                                        const std::string& user_home);

} // namespace outrider
