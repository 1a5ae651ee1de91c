#pragma once

#include "engine/agent/beneath.hpp"
#include "engine/agent/context.hpp"

#include <string>

namespace outrider::agent {

/// A run directory that is open.
struct run_place {
    unique_fd directory;
    std::string path; ///< absolute
};

/// The absolute path of a home as a request names it: absolute, relative to the user's home
/// directory, or starting with `~/`.
[[nodiscard]] std::string home_path(const agent_context& context, const std::string& home);

/// Opens the directory of a run; with `create`, makes it where it is missing. Fails with
/// `bad_input` where the id is no directory name, with `not_found` where there is no such
/// directory.
[[nodiscard]] result<run_place> open_run(const agent_context& context, const std::string& home,
                                         const std::string& run_id, bool create);

/// Where packages are kept.
[[nodiscard]] std::string packages_path(const agent_context& context);
/// Whether a package of that name is there, whole. Fails with `bad_input` on a bad name.
[[nodiscard]] result<bool> has_package(const agent_context& context, const std::string& package);

} // namespace outrider::agent
