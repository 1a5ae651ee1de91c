#pragma once

#include <string>

namespace outrider::cli {

/// `path` with the user's home directory as `~`. An empty `home` changes nothing.
[[nodiscard]] std::string contract_home(const std::string& path, const std::string& home);

/// How a project's directory is shown to someone who works in `here`: relative to it where it is
/// near and that is shorter, with `~` otherwise, shortened.
[[nodiscard]] std::string project_place(const std::string& directory, const std::string& here,
                                        const std::string& home);

} // namespace outrider::cli
