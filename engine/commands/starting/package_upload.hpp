#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/project/source_files.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Makes sure that files are on a machine, as the package named by their content: the same source
/// is sent to a machine once, whatever number of runs it starts. `files` must live that long.
[[nodiscard]] awaitable<result<>> ensure_package(command_session& session, const target& at,
                                                 std::string package,
                                                 const std::vector<source_file>& files);

} // namespace outrider
