#pragma once

#include "engine/protocol/messages.hpp"

#include <string>
#include <vector>

namespace outrider {

/// What a pull of one run has to do, in this order, so that the local copy never lies: files, then
/// attributes, then (by the caller) the markers, and opref last, because it makes the run appear.
struct pull_plan {
    std::vector<std::string> files;
    std::vector<std::string> attributes;
    std::vector<std::string> opref;
    std::vector<std::string> remove; ///< local paths, children before parents

    [[nodiscard]] bool nothing_to_copy() const {
        return files.empty() && attributes.empty() && opref.empty() && remove.empty();
    }
};

/// Compares the far files of a run with those of its local copy. An entry is copied unless type,
/// size, modification time, mode and link target are equal. Machine-bound files never travel:
/// locks, markers, the identity of processes, installed packages. With `delete_extra` local files
/// that are gone there are removed; an attribute of the end of a run (it was restarted) always is.
/// Pure.
[[nodiscard]] pull_plan plan_pull(const std::vector<protocol::file_entry>& far,
                                  const std::vector<protocol::file_entry>& local,
                                  bool delete_extra);

} // namespace outrider
