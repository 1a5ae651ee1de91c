#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace outrider::agent {

/// `sys.version` of an interpreter from the cache (keyed by its path and modification time), or
/// nothing if it was not asked before.
[[nodiscard]] std::string cached_python_version(const std::filesystem::path& cache,
                                                const std::string& python_exe);

/// Asks the interpreter, which takes some 20 ms, and keeps the answer in the cache. Blocks: for a
/// process of its own.
[[nodiscard]] std::string ask_python_version(const std::filesystem::path& cache,
                                             const std::string& python_exe);

/// The YAML text of the `pip_freeze` attribute from the cache: a line for each package that the
/// interpreter finds. Nothing if that was not asked before, or a directory of packages has changed
/// since.
[[nodiscard]] std::optional<std::string> cached_packages(const std::filesystem::path& cache,
                                                         const std::string& python_exe);

/// Asks the interpreter, which takes up to a second, and keeps the answer in the cache; nothing if
/// it gave none. Blocks: for a process of its own.
[[nodiscard]] std::optional<std::string> ask_packages(const std::filesystem::path& cache,
                                                      const std::string& python_exe);

/// The YAML text of the `platform` attribute.
[[nodiscard]] std::string platform_text(const std::string& python_version);

} // namespace outrider::agent
