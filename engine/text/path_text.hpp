#pragma once

#include <map>
#include <string>

namespace outrider {

/// A path made absolute and tidy (no `.` and `..`): a leading `~/` is `home`, a relative one is
/// below `directory`. Links are not followed.
[[nodiscard]] std::string absolute_path(const std::string& path, const std::string& directory,
                                        const std::string& home);

/// Replaces `$NAME` and `${NAME}` by the environment, as Python's `expandvars`: unknown names stay.
[[nodiscard]] std::string expand_variables(const std::string& text,
                                           const std::map<std::string, std::string>& environment);

} // namespace outrider
