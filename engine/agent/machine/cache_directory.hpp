#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <string>

namespace outrider::agent {

namespace fs = std::filesystem;

/// Where this agent keeps itself, packages and its Python files: two levels above an executable
/// that stands in CACHE/agents/HASH/outrider-agent, else the user's cache directory, else one of
/// this user alone below /tmp. Nothing is created.
[[nodiscard]] fs::path cache_directory_for(const fs::path& executable,
                                           const std::string& user_home);

/// Creates the cache directory if need be. One below /tmp must be the user's own, mode 0700.
[[nodiscard]] result<> ensure_cache_directory(const fs::path& cache);

} // namespace outrider::agent
