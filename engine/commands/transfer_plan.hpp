#pragma once

#include "engine/protocol/messages.hpp"

#include <string>
#include <vector>

namespace outrider {

/// What the copying of one run from one machine to another has to do, in this order, so that the
/// copy never lies: files, then attributes, then (by the caller) the markers, and opref last,
/// because it makes the run appear.
struct transfer_plan {
    std::vector<std::string> files;
    std::vector<std::string> attributes;
    std::vector<std::string> opref;
    std::vector<std::string> remove; ///< paths of the copy, children before parents

    [[nodiscard]] bool nothing_to_copy() const {
        return files.empty() && attributes.empty() && opref.empty() && remove.empty();
    }
};

/// Compares the files of a run with those of its copy. An entry is copied unless type, size,
/// modification time, mode and link target are equal. Machine-bound files never travel: locks,
/// markers, the identity of processes, installed packages. With `delete_extra` files of the copy
/// that are gone at the source are removed; an attribute of the end of a run (it was restarted)
/// always is. Pure.
[[nodiscard]] transfer_plan plan_transfer(const std::vector<protocol::file_entry>& source,
                                          const std::vector<protocol::file_entry>& copy,
                                          bool delete_extra);

} // namespace outrider
