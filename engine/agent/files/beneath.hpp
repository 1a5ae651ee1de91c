#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"

#include <sys/stat.h>

#include <string>
#include <string_view>

/// Names that come from the other end, used below a directory of ours and nowhere else: no name
/// leads outside by `..`, by being absolute, or through a link that lies on the way.
namespace outrider::agent {

/// Whether a name is relative, with no empty, `.` or `..` component and no NUL, and short enough
/// for a file system.
[[nodiscard]] bool is_safe_path(std::string_view path);

/// Opens a file or directory below `root`; no component may be a link. `flags` are those of
/// open(2).
[[nodiscard]] result<descriptor> open_beneath(int root, std::string_view path, int flags);

/// A place below a root: the directory that holds it, and its last component there.
struct path_beneath {
    descriptor parent;
    std::string name;
};
/// Opens the directory that holds `path`; with `create`, makes the directories that are missing.
[[nodiscard]] result<path_beneath> parent_beneath(int root, std::string_view path, bool create);

/// Opens a directory, making it and its parents as needed; links on the way are followed (the path
/// is one of the user's own).
[[nodiscard]] result<descriptor> open_directory(const std::string& path, bool create, mode_t mode);

} // namespace outrider::agent
