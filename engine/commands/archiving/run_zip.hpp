#pragma once

#include "engine/commands/archiving/run_tree.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace outrider {

/// The ids of the runs in a zip file; none if there is no such file.
[[nodiscard]] result<std::vector<std::string>> runs_in_zip(const std::filesystem::path& zip);

/// Adds runs to a zip file, or makes it: names `ID/…`, deflated, directories with entries of their
/// own. What was in it stays. Written beside its place and renamed. A link is stored as the file
/// that it leads to, or as a link. May block for long.
[[nodiscard]] result<> add_to_zip(const std::filesystem::path& zip,
                                  const std::vector<std::filesystem::path>& runs);

/// Unpacks one run of a zip file to a place that does not exist yet. Nothing is written outside of
/// it; a link stays one, and is never written through. `bad_input` on a damaged file.
[[nodiscard]] result<> take_from_zip(const std::filesystem::path& zip, const std::string& id,
                                     const std::filesystem::path& to);

} // namespace outrider
