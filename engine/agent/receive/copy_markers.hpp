#pragma once

#include "engine/core/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace outrider::agent {

/// The markers in `.guild` that say what a local copy of a far run is: the status of the copy.
struct copy_markers {
    std::optional<std::string> remote_lock; ///< content of LOCK.remote; nothing: no such file
    bool pending = false;
    bool staged = false;
    bool terminated_remote = false;
};

/// Sets and removes markers in an open `.guild`. The lock is set first and removed last, so that no
/// moment between tells of an end that is none.
[[nodiscard]] result<> put_markers(int guild, const copy_markers& wanted);
/// Sets LOCK.remote alone: from now on the copy says "running there".
[[nodiscard]] result<> set_remote_lock(int guild, std::string_view content);

} // namespace outrider::agent
