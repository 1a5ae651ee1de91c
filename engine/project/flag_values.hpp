#pragma once

#include "engine/project/guild_file.hpp"
#include "engine/search/flag_map.hpp"

#include <set>
#include <string>
#include <vector>

namespace outrider {

/// The flags of a run. A list, and text that is a function and not in `literal`, stand for many
/// values: then it is a batch, and these are the flags of its prototype.
struct flag_values {
    flag_map all;                   ///< defaults and typed ones; null where there is no value
    flag_map user;                  ///< as typed, decoded
    std::set<std::string> literal;  ///< text that is no function, though it looks like one
    std::vector<std::string> notes; ///< warnings for people
};

/// What a run's flags are checked against besides their declarations.
struct flag_rules {
    bool any_name = false; ///< a script whose flags cannot be read
    std::string directory; ///< of the project, for paths
    std::string home;      ///< of the user, for `~`
    bool force = false;    ///< any name and any value; types are applied where they fit
    flag_map given;        ///< values that count as if they were typed: of a batch file
};

/// Replaces a sequence (`range[1:9]`) by its list. What is wrong with its arguments is noted, and
/// it stays text.
void expand_sequences(boost::json::value& value, std::vector<std::string>& notes);

/// Decodes `NAME=VALUE` words, applies defaults, aliases and `${flag}` references, and checks
/// names, types, choices, bounds and required flags; of a list each value is checked. Failures
/// read like Guild's.
[[nodiscard]] result<flag_values> resolve_flags(const operation_def& op,
                                                const std::vector<std::string>& typed,
                                                const flag_rules& rules);

} // namespace outrider
