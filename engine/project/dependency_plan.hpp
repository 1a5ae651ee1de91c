#pragma once

#include "engine/project/flag_values.hpp"
#include "engine/project/resource.hpp"
#include "engine/project/source_files.hpp"
#include "engine/protocol/children_plan.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// What a run's dependencies take: what the agent has to do, and the files that it gets.
struct dependency_plan {
    std::vector<protocol::dependency> wanted;
    std::vector<source_file> files;              ///< of the package of dependencies
    std::string package;                         ///< its hash; empty without files
    std::vector<protocol::trial_config> configs; ///< if they are wanted for other flags as well
};

/// A download that a run needs.
struct wanted_download {
    std::string url;
    std::string archive; ///< zip, tar or gz: unpack it as that; empty: leave it as it is
    std::string sha256;  ///< hex that it must have, or empty

    /// What `dependency_sources::downloads` has it by.
    [[nodiscard]] std::string key() const { return archive + " " + sha256 + " " + url; }
};

/// What became of a download: it is in the resource cache of a home (runs/FORMAT-2.md, 6).
struct made_download {
    std::string directory;          ///< of the cache, below the home
    std::string here;               ///< the same, absolute, if the home is this machine's
    std::string name;               ///< of the file
    std::string path;               ///< of the file, absolute
    std::vector<std::string> names; ///< of what was unpacked
    bool cached = false;            ///< it was there
    bool unpacked = false;          ///< it was unpacked now
    std::string reason;             ///< why there is none; empty: it is there
};

/// What dependencies are resolved with.
struct dependency_sources {
    std::string project;                         ///< absolute directory
    std::string directory;                       ///< that paths which were typed are relative to
    bool remote = false;                         ///< links into the project mean nothing there
    std::map<std::string, std::string> supplied; ///< run ids and paths by flag name
    flag_map config_values;                      ///< for configs, by the names that they have there
    /// Of an operation whose configs are wanted for any flags as well; or null.
    const std::vector<flag_def>* declared = nullptr;
    std::string cache; ///< directory of unpacked archives and configs; empty: there is none
    boost::json::object resolved;                   ///< `attrs/deps` of a run that has some already
    std::map<std::string, made_download> downloads; ///< by `wanted_download::key`
};

/// The downloads that have to be there before `plan_dependencies`.
[[nodiscard]] std::vector<wanted_download>
wanted_downloads(const std::vector<resource_def>& resources, const dependency_sources& from);

/// Resolves what stands in the project, and says what is left to the machine of the run. What
/// cannot be resolved is a dependency of kind `failed`: the run is made, and shows the error.
/// Archives are unpacked, configs written here. May block for as long as files are read.
[[nodiscard]] result<dependency_plan> plan_dependencies(const std::vector<resource_def>& resources,
                                                        const dependency_sources& from);

/// Whether a path of the project is (part of) a file that a resource copies: it is not source code.
[[nodiscard]] bool is_dependency(const std::vector<resource_def>& resources,
                                 const std::string& path);

} // namespace outrider
