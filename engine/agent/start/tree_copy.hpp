#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/runs/run_paths.hpp"

#include <filesystem>

namespace outrider::agent {

/// Where the files of a package are: CACHE/packages/HASH/files. `bad_input` on a bad name.
[[nodiscard]] result<fs::path> package_files(const fs::path& cache, const std::string& hash);

/// Copies what is in a directory, or one file, into a run directory, a slice at a time, so that
/// much of it does not hold up the agent's other requests. Blocks are shared where the file system
/// can.
class tree_copy {
  public:
    /// `to` is a directory if `from` is one, and made if need be. A failure if there is no `from`.
    [[nodiscard]] static result<tree_copy> begin(fs::path from, fs::path to);
    /// Goes on until `deadline`; true when everything is copied.
    [[nodiscard]] result<bool> step(clock::time_point deadline);

  private:
    fs::path from_;
    fs::path to_;
    fs::recursive_directory_iterator at_; // at its end for a single file
};

} // namespace outrider::agent
