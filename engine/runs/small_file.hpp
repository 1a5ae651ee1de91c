#pragma once

#include "engine/core/result.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// Small files, whole: attributes, markers and records of runs. Bounded, because a run directory
/// may hold anything.
namespace outrider {

namespace fs = std::filesystem;

/// Largest attribute that is read or written, bytes; a longer one counts as not readable. The facts
/// of one run have to fit into one frame, even if every byte of them is escaped in JSON.
inline constexpr std::size_t max_attribute = std::size_t{256} << 10;
/// Largest record of our own or marker that is read, bytes.
inline constexpr std::size_t max_record = std::size_t{64} << 10;

/// The bytes of a regular file; nothing if it does not exist, cannot be read or is longer than
/// `limit`. `directory` is a descriptor that `path` is relative to, or AT_FDCWD.
[[nodiscard]] std::optional<std::string> read_small_file(int directory, const std::string& path,
                                                         std::size_t limit);
[[nodiscard]] std::optional<std::string> read_small_file(const fs::path& path,
                                                         std::size_t limit = max_record);

/// Writes a new file in place: for directories that nobody reads yet.
[[nodiscard]] result<> write_new_file(const fs::path& path, std::string_view bytes);

/// Writes `temporary`, then renames it to `path`: readers see the old or the new bytes, never part
/// of them. Both must be on one file system.
[[nodiscard]] result<> replace_file(const fs::path& path, const fs::path& temporary,
                                    std::string_view bytes);

/// The same for what may hold secrets: nobody but the owner can read the file.
[[nodiscard]] result<> replace_secret_file(const fs::path& path, const fs::path& temporary,
                                           std::string_view bytes);

/// Makes a directory and its parents; one that exists is fine.
[[nodiscard]] result<> make_directories(const fs::path& path);

/// Removes a file; one that does not exist is fine.
[[nodiscard]] result<> remove_file(const fs::path& path);

} // namespace outrider
