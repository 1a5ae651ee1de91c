#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/agent/start/tree_copy.hpp"
#include "engine/core/result.hpp"
#include "engine/protocol/dependency.hpp"
#include "engine/runs/run_paths.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// What dependencies are resolved with.
struct dependency_surroundings {
    fs::path home;
    run_paths run;
    fs::path package;                           ///< its files; empty: there is none
    bool staging = false;                       ///< runs are not chosen yet
    bool force = false;                         ///< what cannot be resolved is a warning
    std::map<std::string, std::string> modules; ///< why they are not there, by name
    boost::json::object before;                 ///< `attrs/deps`, of a run that has some already
};

/// An entry that goes into a run.
struct placed_entry {
    fs::path from; ///< absolute
    std::string place;
    std::string source; ///< as attrs/deps has it
    std::string sha1;   ///< hex, or empty
};

/// One source that is being put into a run.
struct dependency_work {
    std::string config;
    std::vector<placed_entry> left; ///< in reverse order
    std::vector<std::string> paths; ///< for attrs/deps
    std::optional<tree_copy> copy;
    bool empty = true; ///< nothing was found for it
};

/// Puts what an operation requires into a prepared run, source by source, and says what it came to.
/// A source that is a run is the one that `config` names, else as `required_run` says. What is
/// there already is left as it is, unless the source says otherwise. Owned by the job of a start.
class dependency_resolution {
  public:
    dependency_resolution(const agent_context& context, dependency_surroundings around,
                          std::vector<protocol::dependency> wanted)
        : context_(&context), around_(std::move(around)), wanted_(std::move(wanted)),
          deps_(around_.before) {}

    /// Goes on until `deadline`; true when everything is resolved. Fails with `start_failed` in
    /// Guild's words at the first source that cannot be.
    [[nodiscard]] result<bool> step(clock::time_point deadline);

    /// The value of attrs/deps.
    [[nodiscard]] const boost::json::object& resolved() const { return deps_; }
    /// Lines to append to the manifest.
    [[nodiscard]] const std::string& manifest() const { return manifest_; }
    /// What was done, for people.
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

  private:
    result<> begin(const protocol::dependency& of);
    result<bool> place_some(const protocol::dependency& of, clock::time_point deadline);
    result<> place(const protocol::dependency& of, const placed_entry& one);
    result<> make_room(const fs::path& place);
    result<> finish(const protocol::dependency& of);
    result<> choose_run(const protocol::dependency& of);
    result<> choose_in(const protocol::dependency& of, const fs::path& directory,
                       std::vector<std::string> names);
    result<> take_entries(const protocol::dependency& of);
    result<> keep_generated(const protocol::dependency_entry& entry, const fs::path& from,
                            const fs::path& kept) const;
    result<> not_resolved(const protocol::dependency& of, const failure& why);
    bool is_resolved(const protocol::dependency& of) const;
    failure cannot(const protocol::dependency& of, const std::string& why) const;

    const agent_context* context_;
    dependency_surroundings around_;
    std::vector<protocol::dependency> wanted_;
    boost::json::object deps_;
    std::string manifest_;
    std::vector<std::string> lines_;
    std::size_t next_ = 0;
    std::optional<dependency_work> work_; // on wanted_[next_]
};

} // namespace outrider::agent
