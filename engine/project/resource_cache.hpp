#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace outrider {

/// Where downloads, unpacked archives and written configs are kept: below the user's cache
/// directory, or empty where the environment names neither that nor a home. Nothing is created.
[[nodiscard]] std::string resource_cache(const std::map<std::string, std::string>& environment);

/// The directory `key` of a cache, filled when it is missing. It is written beside its place and
/// renamed, so that nobody sees it half done; of two that fill it at once, one is kept.
[[nodiscard]] result<std::filesystem::path>
filled_once(const std::string& cache, const std::string& key,
            const std::function<result<>(const std::filesystem::path&)>& fill);

/// SHA-256 of a file in lower-case hex; a file that cannot be read is a failure that names it.
[[nodiscard]] result<std::string> file_sha256(const std::filesystem::path& file);

/// Fails where a file has not the SHA-256 that is expected (hex, either case).
[[nodiscard]] result<> check_sha256(const std::filesystem::path& file, std::string expected);

} // namespace outrider
