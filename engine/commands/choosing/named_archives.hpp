#pragma once

#include "engine/core/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// An archive of runs that has a name: `~/.guild/archives/UUID/` with `archive.json`.
struct named_archive {
    std::string name;
    std::string description;
    std::string directory; ///< absolute
};

/// The named archives of a user, by name.
[[nodiscard]] std::vector<named_archive> named_archives(const std::string& user_home);

/// The one of a name, or nothing.
[[nodiscard]] std::optional<named_archive> find_archive(const std::string& user_home,
                                                        const std::string& name);

/// Makes an archive of a name.
[[nodiscard]] result<named_archive> create_archive(const std::string& user_home,
                                                   const std::string& name,
                                                   const std::string& description);

/// The place that `-A` and `import` mean: a path, or the name of an archive. `not_found` where it
/// is neither. Absolute.
[[nodiscard]] result<std::string>
archive_place(const std::string& text, const std::string& directory, const std::string& user_home);

} // namespace outrider
