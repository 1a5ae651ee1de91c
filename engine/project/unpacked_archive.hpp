#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace outrider {

/// Whether a file is unpacked by its name: zip and tar, plain or compressed by gzip, bzip2 or xz.
[[nodiscard]] bool is_archive_name(std::string_view name);

/// The directory of the cache that holds what is in an archive, unpacked once for its contents.
/// Fails where an entry or a link would lead out of it, on devices, a million entries or 16 GiB.
[[nodiscard]] result<std::filesystem::path> unpacked_archive(const std::filesystem::path& archive,
                                                             const std::string& cache);

} // namespace outrider
