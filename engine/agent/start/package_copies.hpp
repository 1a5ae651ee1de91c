#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/agent/start/tree_copy.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace outrider::agent {

/// Copies packages of source code into a run, a slice at a time. Owned by the job of a start.
class package_copies {
  public:
    /// One more; the last that was added is copied first.
    void add(std::string package, fs::path directory) {
        left_.emplace_back(std::move(package), std::move(directory));
    }
    /// Goes on until `deadline`; true when all are there. Fails where a package is not here.
    [[nodiscard]] result<bool> step(const agent_context& context, clock::time_point deadline);

  private:
    std::vector<std::pair<std::string, fs::path>> left_; // and where they go
    std::optional<tree_copy> copy_;                      // of the last of them
};

} // namespace outrider::agent
