#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/project/run_plan.hpp"

namespace outrider {

/// Downloads a file into the resource cache of a home, and says how far it is. What failed is in
/// the reason of what it gives.
[[nodiscard]] awaitable<made_download> make_download(command_session& session, const target& at,
                                                     wanted_download wanted);

/// Resolves what a planned run requires, as far as it is not left to the machine of the run: makes
/// the downloads, there or here as the remote is configured, says how far they are, and puts the
/// files of the project into the plan. Comes after the person has agreed.
[[nodiscard]] awaitable<result<>> gather_required(command_session& session, const target& at,
                                                  run_plan& plan);

} // namespace outrider
