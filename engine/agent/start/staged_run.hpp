#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/supervise/start_record.hpp"

namespace outrider::agent {

/// Guild's `ENV`: sorted shell exports, without `PWD` and `_` (FORMAT.md 2.7).
[[nodiscard]] std::string exports_text(const environment_map& environment);

/// Writes what makes a prepared run a staged one: `ENV`, `started` and `STAGED`.
[[nodiscard]] result<> mark_staged(const run_paths& run, const environment_map& environment);

/// Makes a staged run of one that has ended: `STAGED` first, so that the run always has a state,
/// then what told of its end is removed.
[[nodiscard]] result<> stage_again(const run_paths& run);

/// What to start: the recorded request with the changes of a `start_staged`.
[[nodiscard]] protocol::start_run with_changes(protocol::start_run recorded,
                                               const protocol::start_staged& changes);

} // namespace outrider::agent
