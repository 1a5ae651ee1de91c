#include "engine/agent/slurm/cancelled_run.hpp"

#include "engine/agent/files/run_lock.hpp"
#include "engine/agent/files/stop_request.hpp"
#include "engine/agent/slurm/job_record.hpp"
#include "engine/json/described_json.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <signal.h>
#include <unistd.h>

namespace outrider::agent {
namespace {

// Whether it was not begun when this was looked at; under the lock that stays so.
bool has_not_begun(const run_paths& run) {
    const auto record = read_job_record(run);
    return record && record->taken_by.empty() && record->phase != job_phase::inside &&
           ::access(run.pending().c_str(), F_OK) == 0 && ::access(run.lock().c_str(), F_OK) != 0;
}

protocol::end_reason reason_of_cancelled(const run_paths& run) {
    const auto stop = read_stop_request(run);
    if (!stop) {
        return {"cancelled", "its job was cancelled before it began"};
    }
    const std::string who = stop->by.empty() ? "stopped" : "stopped by " + stop->by;
    return {"stopped", (stop->reason.empty() ? who : stop->reason) + ", before it began"};
}

} // namespace

bool record_if_never_begun(const run_paths& run, const std::optional<job_row>& row, bool vanished) {
    // On a node or not: a job that comes now finds its run ended, and does nothing.
    const bool cancelled = row && row->state == "CANCELLED";
    if ((!cancelled && !vanished) || !has_not_begun(run)) {
        return false;
    }
    const auto lock = try_lock_run(run);
    if (!lock || !lock->has_value() || !has_not_begun(run)) {
        return false;
    }
    const std::string now = std::to_string(now_us()) + "\n";
    const auto put = [&](const fs::path& path, const std::string& text) {
        return replace_file(path, run.temporary(path.filename().native()), text).has_value();
    };
    return put(run.reason(), protocol::encode(reason_of_cancelled(run)) + "\n") &&
           put(run.attribute("exit_status"), std::to_string(-SIGTERM) + "\n") &&
           put(run.attribute("stopped"), now) && remove_file(run.pending()).has_value();
}

} // namespace outrider::agent
