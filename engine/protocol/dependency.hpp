#pragma once

#include <boost/describe.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::protocol {

BOOST_DEFINE_ENUM_CLASS(dependency_kind,
                        files,     ///< the engine has put them into the dependency package
                        here,      ///< links to files of this machine
                        operation, ///< files of another run of the home
                        cached,    ///< a download in the resource cache of the home
                        module,    ///< has to be there for the operation's Python
                        failed)    ///< could not be resolved where the project is

/// What becomes of the last component of a path that is put into a run.
struct path_rename {
    std::string pattern; ///< regular expression; empty: the whole name
    std::string replacement;
};
BOOST_DESCRIBE_STRUCT(path_rename, (), (pattern, replacement))

BOOST_DEFINE_ENUM_CLASS(choice_rule,
                        every,   ///< what matches
                        lowest,  ///< the match whose first group is the lowest number
                        highest) ///< the match whose first group is the highest number

/// Which entries of a directory a source takes, and where they go in the run.
struct entry_choice {
    std::vector<std::string> select; ///< regular expressions of whole paths; empty: whole entries
    choice_rule rule = choice_rule::every;
    std::vector<path_rename> rename; ///< of the last component
    std::string target_path;         ///< directory in the run, or empty
};
BOOST_DESCRIBE_STRUCT(entry_choice, (), (select, rule, rename, target_path))

/// A file or a directory that the engine has found for a run.
struct dependency_entry {
    std::string place;  ///< in the run; of `files` also below `package_directory` in the package
    std::string source; ///< where it came from: absolute, or relative to the run
    std::string sha1;   ///< hex; empty for a directory
    std::optional<std::string> text; ///< what is in it, instead of what the package has
};
BOOST_DESCRIBE_STRUCT(dependency_entry, (), (place, source, sha1, text))

/// One source of a resource that an operation requires. It becomes a member of `attrs/deps`
/// (FORMAT.md 2.4).
struct dependency {
    std::string resource;
    std::string source; ///< its name in the resource
    std::string uri;    ///< "operation:hello-file"
    std::string config; ///< what the user or a default supplied; empty: nothing
    dependency_kind kind = dependency_kind::files;
    bool begins_resource = true;   ///< the first source of its resource
    std::string reason;            ///< failed: why, with what could not be resolved
    std::string help;              ///< lines for a person where it cannot be resolved
    std::vector<std::string> said; ///< what the engine did for it, lines for a person
    /// files, here: what goes into the run.
    std::vector<dependency_entry> entries;
    std::string package_directory; ///< files: where `entries` stand in the package
    /// operation: patterns of operations, separated by commas; module: its name; cached: the
    /// directory below the home.
    std::string what;
    std::vector<std::string> names; ///< cached: the entries of that directory to choose from
    entry_choice choice;            ///< operation, cached
    bool link = false;              ///< link what is chosen, do not copy it
    bool optional = false;
    bool warn_if_empty = true;
    bool fail_if_empty = false;
    bool replace_existing = false;
    bool always_resolve = false; ///< also where the run has it already
};
BOOST_DESCRIBE_STRUCT(dependency, (),
                      (resource, source, uri, config, kind, begins_resource, reason, help, said,
                       entries, package_directory, what, names, choice, link, optional,
                       warn_if_empty, fail_if_empty, replace_existing, always_resolve))

struct required_runs {
    std::vector<std::string> ids; ///< one for each that was asked for; empty: there is none
};
BOOST_DESCRIBE_STRUCT(required_runs, (), (ids))
/// Asks which runs of a home dependencies of the kind `operation` would be resolved to.
struct find_required_runs {
    using reply = required_runs;
    static constexpr std::string_view name = "find_required_runs";
    std::string home;
    std::vector<dependency> wanted;
    bool staged = false; ///< staged runs count, too: they will have run by then
};
BOOST_DESCRIBE_STRUCT(find_required_runs, (), (home, wanted, staged))

} // namespace outrider::protocol
