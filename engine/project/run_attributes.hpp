#pragma once

#include "engine/project/operation_command.hpp"
#include "engine/project/run_plan.hpp"

#include <map>
#include <optional>
#include <string>

namespace outrider {

/// What the attributes of a run are written from.
struct attribute_sources {
    const run_request& request;
    const operation_def& op;
    const flag_values& flags;
    const std::vector<std::string>& command_template; ///< before flags were put in
    const operation_command& command;
    const std::map<std::string, std::string>& frozen_environment; ///< for `op`
    const std::optional<std::string>& sourcecode_digest;
    std::optional<std::string> vcs_commit;
    std::string label; ///< empty: none
    const std::vector<resource_def>& resources;
};

/// The attributes (YAML text by name) that are known before a machine is asked: FORMAT.md 2.2 and
/// 2.3, less `started`, `env`, `host`, `user`, `platform` and `deps`.
[[nodiscard]] std::map<std::string, std::string> make_attributes(const attribute_sources& from);

/// Takes those out of the attributes that a project gives its runs which every run has of its own
/// accord; warnings about them.
[[nodiscard]] std::vector<std::string> drop_reserved_attributes(boost::json::object& attributes);

/// Those of `made` that a run takes over which starts again, and what becomes of its `user_flags`
/// and `run_params` (FORMAT.md 2.2).
[[nodiscard]] std::map<std::string, std::string>
changed_attributes(const run_request& request, const std::map<std::string, std::string>& made);

} // namespace outrider
