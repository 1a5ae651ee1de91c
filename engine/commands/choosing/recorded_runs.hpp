#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/session/session.hpp"
#include "engine/project/recorded_operation.hpp"

#include <optional>
#include <vector>

namespace outrider {

/// A run that another start is made from.
struct found_recorded {
    run_row row;
    recorded_run run;
};

/// The one run that a person named by index, id or prefix, by its directory or its operation (the
/// newest), with what it recorded.
[[nodiscard]] awaitable<result<found_recorded>> find_recorded(command_session& session,
                                                              const target& at, std::string name);

/// The run with this id, if it is there.
[[nodiscard]] awaitable<result<std::optional<found_recorded>>>
find_recorded_by_id(command_session& session, const target& at, std::string id);

/// The runs of a machine with this operation and exactly these flags that have not failed, newest
/// first: what `run --needed` looks for.
[[nodiscard]] awaitable<result<std::vector<run_row>>>
find_matching(command_session& session, const target& at, std::string opref, flag_map flags);

/// Whether a run makes another one of that operation and those flags needless. Pure.
[[nodiscard]] bool matches_needed(const recorded_run& run, run_state state,
                                  const std::string& opref, const flag_map& flags);

} // namespace outrider
