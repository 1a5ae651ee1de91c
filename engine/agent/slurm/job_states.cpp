#include "engine/agent/slurm/job_states.hpp"

#include <algorithm>
#include <array>

namespace outrider::agent {
namespace {

struct state_row {
    std::string_view state;
    job_life life;
    const char* kind; ///< of the reason, where it is an end
    const char* words;
};

// squeue(1), "JOB STATE CODES". RUNNING and PENDING come of sacct too, as late news.
constexpr std::array state_rows{
    state_row{"PENDING", job_life::waits, "", ""},
    state_row{"CONFIGURING", job_life::waits, "", ""},
    state_row{"REQUEUED", job_life::waits, "", ""},
    state_row{"REQUEUE_HOLD", job_life::waits, "", ""},
    state_row{"REQUEUE_FED", job_life::waits, "", ""},
    state_row{"RESV_DEL_HOLD", job_life::waits, "", ""},
    state_row{"SPECIAL_EXIT", job_life::waits, "", ""},
    state_row{"RUNNING", job_life::runs, "", ""},
    state_row{"COMPLETING", job_life::runs, "", ""},
    state_row{"SUSPENDED", job_life::runs, "", ""},
    state_row{"STOPPED", job_life::runs, "", ""},
    state_row{"SIGNALING", job_life::runs, "", ""},
    state_row{"STAGE_OUT", job_life::runs, "", ""},
    state_row{"RESIZING", job_life::runs, "", ""},
    state_row{"COMPLETED", job_life::ended, "lost",
              "its job ended without leaving an exit status: the outcome is not known"},
    state_row{"FAILED", job_life::ended, "lost",
              "its job failed without leaving an exit status: the outcome is not known"},
    state_row{"CANCELLED", job_life::ended, "cancelled", "its job was cancelled"},
    state_row{"TIMEOUT", job_life::ended, "time_limit", "the time limit of its job was reached"},
    state_row{"DEADLINE", job_life::ended, "time_limit", "the deadline of its job was reached"},
    state_row{"OUT_OF_MEMORY", job_life::ended, "out_of_memory",
              "killed by Slurm: more memory than its job had asked for"},
    state_row{"NODE_FAIL", job_life::ended, "lost", "its node failed: the outcome is not known"},
    state_row{"BOOT_FAIL", job_life::ended, "lost", "its node did not boot"},
    state_row{"PREEMPTED", job_life::ended, "preempted", "preempted by another job"},
    state_row{"REVOKED", job_life::ended, "lost", "its job was revoked: it ran on another cluster"},
    state_row{"LAUNCH_FAILED", job_life::ended, "lost", "Slurm could not launch its job"},
    state_row{"RECONFIG_FAIL", job_life::ended, "lost", "its node could not be configured"},
};

const state_row* row_of_state(std::string_view state) {
    const auto found = std::ranges::find(state_rows, state, &state_row::state);
    return found != state_rows.end() ? &*found : nullptr;
}

struct wait_row {
    std::string_view reason; ///< Slurm's begins so
    const char* words;
};

constexpr std::array wait_rows{
    wait_row{"Resources", "waits until nodes are free"},
    wait_row{"Priority", "other jobs are before it"},
    wait_row{"DependencyNeverSatisfied", "what it depends on has failed: it will never start"},
    wait_row{"Dependency", "waits for the job that it depends on"},
    wait_row{"BeginTime", "waits for its time to begin"},
    wait_row{"JobHeldUser", "held: 'scontrol release' lets it go"},
    wait_row{"JobHeldAdmin", "held by an administrator"},
    wait_row{"JobArrayTaskLimit", "as many of its batch run as may at a time"},
    wait_row{"PartitionConfig", "asks for more than its partition has: it will not start"},
    wait_row{"PartitionTimeLimit", "asks for more time than its partition allows: it will not "
                                   "start"},
    wait_row{"PartitionNodeLimit", "asks for more nodes than its partition allows"},
    wait_row{"PartitionDown", "its partition is down"},
    wait_row{"PartitionInactive", "its partition takes no jobs"},
    wait_row{"Nodes required for job are DOWN", "nodes that it needs are down or drained"},
    wait_row{"ReqNodeNotAvail", "a node that it needs is not available"},
    wait_row{"launch failed requeued held", "its launch failed, and it is held: 'scontrol release' "
                                            "tries again"},
    wait_row{"QOS", "a limit of its quality of service is reached"},
    wait_row{"Assoc", "a limit of its account is reached"},
    wait_row{"MaxJobs", "as many jobs run as may"},
    wait_row{"Reservation", "waits for its reservation"},
    wait_row{"Licenses", "waits for a licence"},
    wait_row{"BadConstraints", "no node can have what it asks for"},
};

} // namespace

job_life life_of(std::string_view state) {
    const auto* row = row_of_state(state);
    return row != nullptr ? row->life : job_life::unknown;
}

std::string words_of_wait(const std::string& reason, const std::string& job_id) {
    const std::string queued = "job " + job_id + " is queued";
    if (reason.empty() || reason == "None") {
        return queued;
    }
    for (const auto& row : wait_rows) {
        if (reason.starts_with(row.reason)) {
            return queued + ": " + row.words + " (" + reason + ")";
        }
    }
    return queued + ": " + reason;
}

end_words words_of_end(const std::string& state, const std::string& reason,
                       const std::string& node) {
    const auto* row = row_of_state(state);
    end_words out{.kind = row != nullptr ? row->kind : "lost",
                  .text = row != nullptr ? row->words : "its job ended"};
    if (state == "FAILED" && reason == "BadConstraints" && node.empty()) {
        return {"failed_to_launch", "Slurm refused the job: no node can have what it asks for"};
    }
    out.text += " (Slurm says " + state;
    if (!reason.empty() && reason != "None" && reason != state) {
        out.text += ", " + reason;
    }
    out.text += ")";
    const bool may_live = state == "NODE_FAIL" || state == "PREEMPTED" || state == "COMPLETED";
    if (may_live && !node.empty()) {
        out.text += "; the program may still run on " + node;
    }
    return out;
}

std::string length_text(std::int64_t seconds) {
    seconds = std::max<std::int64_t>(seconds, 0);
    if (seconds < 120) {
        return std::to_string(seconds) + "s";
    }
    if (seconds < 2 * 3600) {
        return std::to_string(seconds / 60) + "m";
    }
    return seconds < 48 * 3600 ? std::to_string(seconds / 3600) + "h"
                               : std::to_string(seconds / 86'400) + "d";
}

} // namespace outrider::agent
