#pragma once

#include "engine/project/guild_file.hpp"
#include "engine/search/flag_map.hpp"

#include <string>
#include <vector>

namespace outrider {

/// The flags of a run.
struct flag_values {
    flag_map all;                   ///< defaults and typed ones; null where there is no value
    flag_map user;                  ///< as typed, decoded
    std::vector<std::string> notes; ///< warnings for people
};

/// What a run's flags are checked against besides their declarations.
struct flag_rules {
    bool any_name = false; ///< a script whose flags cannot be read
    std::string directory; ///< of the project, for paths
    std::string home;      ///< of the user, for `~`
    bool force = false;    ///< any name and any value; types are applied where they fit
};

/// Decodes `NAME=VALUE` words, applies defaults, aliases and `${flag}` references, and checks
/// names, types, choices, bounds and required flags. Failures read like Guild's.
[[nodiscard]] result<flag_values> resolve_flags(const operation_def& op,
                                                const std::vector<std::string>& typed,
                                                const flag_rules& rules);

} // namespace outrider
