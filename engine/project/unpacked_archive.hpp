#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace outrider {

/// What a file is unpacked as, by its name: "zip", "tar" (plain or compressed), "gz" (one
/// compressed file), or nothing.
[[nodiscard]] std::string archive_type(std::string_view name);

/// What is in an archive.
struct unpacked_files {
    std::filesystem::path directory; ///< of the cache
    bool fresh = false;              ///< it was unpacked now
};

/// Unpacks an archive of a type as above into the cache, once for its place and
/// contents. Fails where an
/// entry or a link would lead out of it, on devices, a million entries or 16 GiB, and on other
/// types.
[[nodiscard]] result<unpacked_files> unpacked_archive(const std::filesystem::path& archive,
                                                      const std::string& type,
                                                      const std::string& cache);

} // namespace outrider
