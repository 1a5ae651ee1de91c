#pragma once

#include <cstddef>
#include <string>

namespace outrider::cli {

/// `path` with the user's home directory as `~`. An empty `home` changes nothing.
[[nodiscard]] std::string contract_home(const std::string& path, const std::string& home);

/// `path` if it has at most `most` characters; else its first part, `…`, and as many of its last
/// parts as fit, at least one.
[[nodiscard]] std::string shorten_path(const std::string& path, std::size_t most);

/// How a project's directory is shown to someone who works in `here`: relative to it where it is
/// near and that is shorter, with `~` otherwise, shortened.
[[nodiscard]] std::string project_place(const std::string& directory, const std::string& here,
                                        const std::string& home);

} // namespace outrider::cli
