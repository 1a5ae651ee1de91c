#pragma once

#include "engine/agent/start/dependencies.hpp"
#include "engine/agent/start/module_check.hpp"
#include "engine/agent/start/prepare_run.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// What a run requires, as part of its start: modules are tried, files are put into the prepared
/// run, and what came of it is recorded there. Owned by the job of the start.
class start_dependencies {
  public:
    /// Tries the modules once the source code is there, for they may be part of it. What it waits
    /// for; nothing: it is done.
    [[nodiscard]] std::optional<job_wait> try_modules(const protocol::start_run& request,
                                                      const resolved_start& start,
                                                      const run_paths& run);
    /// Puts into the run what is required, until `deadline`; true when it is all there. `before`:
    /// JSON of what the run has already, if that is known from elsewhere. Fails with what is not
    /// met.
    [[nodiscard]] result<bool> resolve(const agent_context& context,
                                       const protocol::start_run& request, const run_paths& run,
                                       const std::string& before, clock::time_point deadline);
    /// Writes `attrs/deps`, and the manifest.
    [[nodiscard]] result<> record(const run_paths& run) const;
    /// What was done, a line each.
    [[nodiscard]] std::vector<std::string> lines() const;

  private:
    std::optional<module_check> modules_;
    std::map<std::string, std::string> missing_modules_; // why, by name
    std::optional<dependency_resolution> resolution_;
};

} // namespace outrider::agent
