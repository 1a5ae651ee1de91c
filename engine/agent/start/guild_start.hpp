#pragma once

#include <string>

namespace outrider::agent {

/// Lets Guild AI itself start a run that it staged: `guild run --start ID`, in the foreground, its
/// output as ours. The exit code of `program`; 127 if it could not be executed.
[[nodiscard]] int run_guild_start(const std::string& program, const std::string& home,
                                  const std::string& run_id);

} // namespace outrider::agent
