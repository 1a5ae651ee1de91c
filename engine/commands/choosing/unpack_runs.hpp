#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <string>

namespace outrider {

/// Unpacks what a listing reads of the runs in a zip file (or another archive that libarchive
/// knows): the files in `.guild` directories, without outputs and packages. Nothing is written
/// outside of `directory`, which exists; links are left out. Fails with `bad_input` for a file
/// that is no archive or damaged, and for one that holds more than 256 MiB of such files.
[[nodiscard]] result<> unpack_runs(const std::string& archive,
                                   const std::filesystem::path& directory);

} // namespace outrider
