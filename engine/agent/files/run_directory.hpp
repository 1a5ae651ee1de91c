#pragma once

#include "engine/agent/files/beneath.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>

namespace outrider::agent {

/// A run directory that is open.
struct run_directory {
    descriptor directory;
    std::string path; ///< absolute
};

/// Where the run of a request is, whether it exists or not: its place in the home, or `run_dir`,
/// which is absolute and ends in the run's id. `bad_input` where that is not so.
[[nodiscard]] result<run_paths> run_of_request(const agent_context& context,
                                               const std::string& home, const std::string& run_id,
                                               const std::string& run_dir);

/// The run that a request names. Fails with `bad_input` where the id is no directory name, with
/// `not_found` where there is no such run.
[[nodiscard]] result<run_paths> find_run(const agent_context& context, const std::string& home,
                                         const std::string& run_id,
                                         const std::string& run_dir = {});

/// Opens the directory of a run; with `create`, makes it where it is missing. Fails with
/// `bad_input` where the id is no directory name, with `not_found` where there is no such
/// directory.
[[nodiscard]] result<run_directory> open_run(const agent_context& context, const std::string& home,
                                             const std::string& run_id, bool create);

/// Moves a run of a home to the home's trash.
[[nodiscard]] result<> move_to_trash(const run_paths& run);
/// Where a run is that may have been moved to the trash of its home by now.
[[nodiscard]] run_paths present_place(const run_paths& run);

/// Where packages are kept.
[[nodiscard]] std::string packages_path(const agent_context& context);
/// Whether a package of that name is there, whole. Fails with `bad_input` on a bad name.
[[nodiscard]] result<bool> has_package(const agent_context& context, const std::string& package);

} // namespace outrider::agent
