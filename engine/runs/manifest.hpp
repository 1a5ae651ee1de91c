#pragma once

#include <cstddef>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// No manifest that is read is longer, in bytes: half a million files have long paths in it.
inline constexpr std::size_t longest_manifest = std::size_t{64} << 20;

/// What the manifest of a run (FORMAT.md 2.5) says of its files; paths are relative to the run.
struct run_manifest {
    std::set<std::string> sourcecode;
    std::set<std::string> dependencies;
    std::set<std::string> internal;
};

/// One line of a manifest: words quoted as a shell needs them.
[[nodiscard]] std::string manifest_line(std::initializer_list<std::string> words);

/// The words of each of its lines: kind, path in the run, and what else there is; lines without
/// these two are skipped.
[[nodiscard]] std::vector<std::vector<std::string>> manifest_entries(std::string_view text);

/// Reads a manifest; lines that are none are skipped.
[[nodiscard]] run_manifest parse_manifest(std::string_view text);

/// Whether `path`, or a directory that it stands in, is among `entries`.
[[nodiscard]] bool covers(const std::set<std::string>& entries, std::string_view path);

} // namespace outrider
