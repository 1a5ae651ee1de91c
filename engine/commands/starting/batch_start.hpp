#pragma once

#include "engine/commands/choosing/recorded_runs.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/commands/starting/run_launch.hpp"
#include "engine/protocol/children_plan.hpp"

#include <optional>
#include <string>

/// The steps of a start where the plan is that of a batch: it differs from a single run in what is
/// sent (the plan of the trials goes along) and in what is started (the run of the batch).
namespace outrider {

/// The operation of a batch over a pool: this program, which places its trials (`-d`: its run).
inline constexpr char sweep_operation[] = "builtin:sweep";

/// Sends what the trials of a batch need; gives the hash of the package with their plan. `depth`:
/// how many pipelines the batch is a step of. `pool`: whose machines run them.
[[nodiscard]] awaitable<result<std::string>>
send_trials(command_session& session, const target& at, const run_command& what,
            run_plan& prototype, int depth = 0, std::optional<protocol::children_pool> pool = {});

/// The run of a batch, whose trials were sent as `children`.
[[nodiscard]] protocol::start_run batch_request(const run_plan& prototype, const run_command& what,
                                                const target& at, const std::string& children);

/// The same for a batch over a pool, from what `batch_request` made: it runs on this machine, and
/// is this program, with the configuration that describes the machines.
[[nodiscard]] protocol::start_run spread_request(protocol::start_run batch, const target& here,
                                                 const std::string& pool,
                                                 const std::string& config);

/// What only a batch on one machine can be, in words; fine for any other.
[[nodiscard]] result<> check_pooled(const run_command& what, const run_plan& prototype);

/// "train+", "train+skopt:random": the operation of a batch as listings show it.
[[nodiscard]] std::string batch_operation(const run_plan& prototype);

/// Batches like the planned one that make it needless (`--needed`), newest first.
[[nodiscard]] awaitable<result<std::vector<run_row>>>
find_matching_batch(command_session& session, const target& at, const run_plan& prototype);

/// What a batch recorded is what a new plan of it begins with: gives the proto of the batch, and
/// adds to the command what it was asked to do besides flags, unless the person says otherwise.
[[nodiscard]] awaitable<result<recorded_run>> adopt_batch(command_session& session,
                                                          const target& at,
                                                          const found_recorded& found,
                                                          run_command& what);

/// What a search that learns cannot do, in Guild's words; fine for any other batch.
[[nodiscard]] result<> check_search(const run_command& what, const run_plan& prototype);

/// The pool that a batch was spread over; empty: it runs on the machine that has it.
[[nodiscard]] awaitable<result<std::string>> pool_of_batch(command_session& session,
                                                           const target& at, std::string run_id);

/// Whether a run that was found is a batch.
[[nodiscard]] bool is_batch(const recorded_run& run);

/// `run --start`, `run --restart` of a batch: goes on with what is left of it, or makes new trials
/// where nothing is, or where the person changes what they are.
[[nodiscard]] awaitable<result<outcome>>
start_batch_again(command_session& session, run_command what, target at, found_recorded found);

/// How a batch that is a step starts again: goes on with its trials as long as they are those that
/// the step asks for now and some are left, else makes new ones. What they need is sent. Nothing:
/// it went through, and `--needed` leaves it at that.
[[nodiscard]] awaitable<result<std::optional<protocol::start_staged>>>
plan_batch_again(command_session& session, const target& at, run_command what,
                 const found_recorded& found, int depth);

} // namespace outrider
