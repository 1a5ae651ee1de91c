#pragma once

#include "engine/project/source_selection.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// A file of a package.
struct source_file {
    std::string path;     ///< in the package and the run, below the run directory
    std::string absolute; ///< here
    std::uint32_t mode = 0;
    std::int64_t size = 0; ///< bytes, as read
    std::string sha1;      ///< hex
};

/// What a project's source code amounts to.
struct source_set {
    std::vector<source_file> files;    ///< byte order of `path`
    std::string manifest;              ///< bytes of .guild/manifest
    std::optional<std::string> digest; ///< MD5 as the run format defines it; nothing: no files
    std::string package;               ///< SHA-256 over paths, modes and contents, hex
};

/// Where selected files are and where they go.
struct source_roots {
    std::string project; ///< absolute; paths in the manifest are relative to it
    std::string root;    ///< below the project, or empty
    std::string dest;    ///< below the run; "." is the run itself
};

/// Bytes that source code has at most; data that an operation requires may be more.
inline constexpr std::int64_t most_source_bytes = std::int64_t{4} << 30;
inline constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

/// Reads every file once (`path` and `absolute` are given), sorts them by `path` and hashes them;
/// the manifest is left empty. A file that cannot be read is a failure that names it, as is more
/// than so many bytes in all.
[[nodiscard]] result<source_set> read_files(std::vector<source_file> files,
                                            std::int64_t most_bytes = most_source_bytes);

/// Reads the selected files of a project, as `read_files`, and writes their manifest. A file that
/// cannot be read is a failure that names it, as is more than 4 GiB in all.
[[nodiscard]] result<source_set> read_sources(const std::vector<std::string>& paths,
                                              const source_roots& places);

} // namespace outrider
