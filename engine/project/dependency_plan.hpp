#pragma once

#include "engine/project/flag_values.hpp"
#include "engine/project/resource.hpp"
#include "engine/project/source_files.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// What a run's dependencies take: what the agent has to do, and the files that it gets.
struct dependency_plan {
    std::vector<protocol::dependency> wanted;
    std::vector<source_file> files; ///< of the package of dependencies
    std::string package;            ///< its hash; empty without files
    std::string manifest;           ///< lines of those files
};

/// What dependencies are resolved with.
struct dependency_sources {
    std::string project;                         ///< absolute directory
    bool remote = false;                         ///< links into the project mean nothing there
    std::map<std::string, std::string> supplied; ///< run ids and paths by flag name
    flag_map flags;                              ///< values for configs
    std::string cache; ///< directory of downloads and unpacked archives; empty: there is none
};

/// Resolves what stands in the project, and says what is left to the machine of the run. A file
/// that is missing, damaged or not the expected one is a dependency of kind `failed`: the run is
/// made, and shows the error. Archives are unpacked, configs written, and addresses downloaded
/// here. A module is only recorded: whether it can be imported shows on the machine of the run,
/// where the operation fails by itself. May block for as long as a download takes.
[[nodiscard]] result<dependency_plan> plan_dependencies(const std::vector<resource_def>& resources,
                                                        const dependency_sources& from);

/// Whether a path of the project is (part of) a file that a resource copies: it is not source code.
[[nodiscard]] bool is_dependency(const std::vector<resource_def>& resources,
                                 const std::string& path);

/// A resource whose source is a run.
struct required_operation {
    std::string flag_name;
    std::string operation; ///< `[PACKAGE/][MODEL:]OP`
    std::string supplied;  ///< what the user typed, or empty
};
[[nodiscard]] std::vector<required_operation>
required_operations(const std::vector<resource_def>& resources);

/// Typed `NAME=VALUE` words, less those that name sources of resources.
struct split_flags {
    std::vector<std::string> flags;
    std::map<std::string, std::string> supplied; ///< by flag name
};
[[nodiscard]] split_flags split_supplied(const std::vector<std::string>& typed,
                                         const std::vector<resource_def>& resources);

} // namespace outrider
