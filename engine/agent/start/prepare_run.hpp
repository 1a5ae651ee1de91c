#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/agent/supervise/start_record.hpp"
#include "engine/runs/run_paths.hpp"

namespace outrider::agent {

/// A run of which everything is known that its start needs.
struct resolved_start {
    start_record record;
    environment_map environment; ///< of the operation
    std::string manifest;        ///< of source code that was copied from another run
};

/// Checks the names in a request that become files.
[[nodiscard]] result<> check_start_request(const protocol::start_run& request);

/// The interpreter of the operation, and the environment in which it is looked for: the request
/// may set PATH.
struct searched_interpreter {
    environment_map environment;
    result<std::string> path;
};
[[nodiscard]] searched_interpreter interpreter_of(const agent_context& context,
                                                  const protocol::start_run& request,
                                                  const run_paths& run,
                                                  const environment_map& activated);

/// Finds the interpreter, writes the Python files into the cache if the run needs them, and
/// replaces `${…}` in command and environment. `start_failed` if there is no interpreter.
/// `programs` is the directory of an environment's programs, which comes first in PATH; or empty.
[[nodiscard]] result<resolved_start> resolve_start(const agent_context& context,
                                                   const protocol::start_run& request,
                                                   const run_paths& run, environment_map activated,
                                                   const std::string& programs);

/// The attributes of a request, with the command as it is executed.
[[nodiscard]] std::map<std::string, std::string>
resolved_attributes(const protocol::start_run& request, const resolved_start& start);

/// Writes the attributes of a run that is new (what the request gives, and what only this machine
/// knows) and its manifest.
[[nodiscard]] result<> write_attributes(const agent_context& context,
                                        const protocol::start_run& request, const run_paths& run,
                                        const resolved_start& start);

/// Writes everything into `.guild` that stands there before the operation starts. `opref` comes
/// last, for with it the run appears.
[[nodiscard]] result<> prepare_run(const agent_context& context, const protocol::start_run& request,
                                   const run_paths& run, const resolved_start& start);

} // namespace outrider::agent
