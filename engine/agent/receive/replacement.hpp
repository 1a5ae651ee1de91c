#pragma once

#include "engine/core/result.hpp"

#include <string>

/// Replacing an entry by one of another type, in one step where the system can exchange two names.
/// `incoming` is an open directory on the same file system, for what is not in place.
namespace outrider::agent {

/// Puts the file or link `temporary` of `incoming` where there is a directory, which is then in
/// `incoming` under some name and left to whoever empties that.
[[nodiscard]] result<> replace_directory(int incoming, const std::string& temporary, int parent,
                                         const char* name);
/// Puts an empty directory where there is a file or link.
[[nodiscard]] result<> replace_by_directory(int incoming, int parent, const char* name);

} // namespace outrider::agent
