#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/runs/run_paths.hpp"

#include <filesystem>

namespace outrider::agent {

/// Copies the files of a package (CACHE/packages/HASH/files) into a run directory, a slice at a
/// time, so that a big package does not hold up the agent's other requests. Blocks are shared with
/// the package where the file system can.
class package_copy {
  public:
    /// `not_found` if the package is not complete here.
    [[nodiscard]] static result<package_copy> begin(const fs::path& cache, const std::string& hash,
                                                    const run_paths& run);
    /// Goes on until `deadline`; true when everything is copied.
    [[nodiscard]] result<bool> step(clock::time_point deadline);

  private:
    fs::path from_;
    fs::path to_;
    fs::recursive_directory_iterator at_;
};

} // namespace outrider::agent
