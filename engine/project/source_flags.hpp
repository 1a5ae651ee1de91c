#pragma once

#include "engine/project/flag_values.hpp"
#include "engine/project/resource.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// A resource's source that is files of another run.
struct required_operation {
    std::string flag_name; ///< that another run is given by; empty: none can be
    protocol::dependency wanted;
    std::string supplied; ///< what was typed, or is the flag's default; empty: the newest run
    bool listed = false;  ///< it is one of several, each of which is for a trial of its own
};
/// The runs or paths of a list that was typed for a source: "[3f2a, 77c0]". None: it is no list.
[[nodiscard]] std::vector<std::string> supplied_list(const std::string& typed);
/// The same the other way round.
[[nodiscard]] std::string list_text(const std::vector<std::string>& supplied);

[[nodiscard]] std::vector<required_operation>
required_operations(const std::vector<resource_def>& resources,
                    const std::map<std::string, std::string>& supplied);

/// Typed `NAME=VALUE` words, less those that name sources of resources.
struct split_flags {
    std::vector<std::string> flags;
    std::map<std::string, std::string> supplied; ///< by flag name
    std::vector<std::string> sources;            ///< flag names that were typed
};
/// `make=ID` is short for `operation:make=ID` unless the operation has such a flag. Where nothing
/// is typed the default of a flag that the operation declares for a source counts.
[[nodiscard]] split_flags split_supplied(const operation_def& op,
                                         const std::vector<std::string>& typed,
                                         const std::vector<resource_def>& resources);

/// What sources are as flags of the run, which the operation does not get: the run or the path that
/// was supplied, or a list of them, the path of a file that may be replaced, null where there is no
/// run.
[[nodiscard]] flag_map source_flags(const std::vector<resource_def>& resources,
                                    const std::map<std::string, std::string>& supplied);

/// Puts the values of flags for `${flag}` in what sources say. One that refers to an unknown flag
/// has a `problem` then.
void resolve_sources(std::vector<resource_def>& resources, const flag_map& flags);

} // namespace outrider
