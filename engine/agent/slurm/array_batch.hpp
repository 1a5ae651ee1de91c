#pragma once

#include "engine/agent/slurm/job_record.hpp"

#include <string>
#include <vector>

/// A batch whose trials are the elements of an array of jobs. Its own run is no job: it is alive as
/// long as one of them is, and its end is written by the last one that ends.
namespace outrider::agent {

/// The trials of an array, in the order of its elements: `.guild/outrider/array`, a line each.
[[nodiscard]] std::vector<std::string> read_array(const run_paths& batch);
[[nodiscard]] result<> write_array(const run_paths& batch, const std::vector<std::string>& trials);

/// The first element that begins: the batch is no longer pending.
void begin_batch(const run_paths& batch);
/// Writes the end of the batch if all its trials have ended: under its lock, so that one of them
/// does. Trials that failed do not fail it.
void end_batch(const run_paths& batch, bool wait_for_lock);
/// The same for a batch whose arrays were cancelled: trials that have not begun are pending, and no
/// jobs any more.
void end_stopped_batch(const run_paths& batch);

} // namespace outrider::agent
