#pragma once

#include "engine/runs/run_paths.hpp"

#include <span>
#include <string>
#include <vector>

namespace outrider {

/// One line of `.guild/manifest` (run-format 2.5): words quoted as a shell needs them.
[[nodiscard]] std::string manifest_line(std::span<const std::string> words);
[[nodiscard]] inline std::string manifest_line(std::initializer_list<std::string> words) {
    return manifest_line(std::span(words.begin(), words.size()));
}

/// The first path components of the source code files of a run, sorted; empty where its manifest
/// cannot be read.
[[nodiscard]] std::vector<std::string> source_code_tops(const run_paths& run);

} // namespace outrider
