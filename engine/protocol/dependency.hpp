#pragma once

#include <boost/describe.hpp>

#include <string>
#include <vector>

namespace outrider::protocol {

BOOST_DEFINE_ENUM_CLASS(dependency_kind,
                        files,     ///< the engine has put them into the dependency package
                        here,      ///< links to files of this machine: `paths`
                        operation, ///< links to files of another run of the home
                        failed)    ///< could not be resolved where the project is

/// What becomes of a path that is linked: the first occurrence of `pattern` is replaced.
struct path_rename {
    std::string pattern; ///< regular expression
    std::string replacement;
};
BOOST_DESCRIBE_STRUCT(path_rename, (), (pattern, replacement))

/// One source of a resource that an operation requires. It becomes a member of `attrs/deps`
/// (FORMAT.md 2.4).
struct dependency {
    std::string resource;
    std::string source; ///< its name in the resource
    std::string uri;    ///< "operation:hello-file"
    std::string config; ///< what the user or a default supplied; empty: nothing
    dependency_kind kind = dependency_kind::files;
    std::string reason;             ///< failed: why
    std::vector<std::string> paths; ///< files: in the run; here: absolute

    // Of an operation:
    std::string package;             ///< pattern of a name, or empty
    std::string model;               ///< pattern of a name; only with `has_model`
    bool has_model = false;          ///< whether the model has to match
    std::string name;                ///< pattern of a name
    std::vector<std::string> select; ///< regular expressions of whole paths; empty: all
    std::vector<path_rename> rename; ///< of the last component
    std::string target_path;         ///< directory in the run, or empty
    bool copy = false;               ///< `target-type: copy`
    bool warn_if_empty = true;
    bool fail_if_empty = false;
};
BOOST_DESCRIBE_STRUCT(dependency, (),
                      (resource, source, uri, config, kind, reason, paths, package, model,
                       has_model, name, select, rename, target_path, copy, warn_if_empty,
                       fail_if_empty))

} // namespace outrider::protocol
