#include "engine/agent/supervise/end_record.hpp"

#include "engine/agent/files/stop_request.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

namespace outrider::agent {
namespace {

/// Between two attempts to write on a disk that is full.
constexpr std::chrono::milliseconds retry_interval{500};

/// Writes until it works: a disk that is full will have space some day, and a run without an exit
/// status would read as an error for ever. A run directory that was deleted ends it.
void insist(reserved_file& file, const run_paths& run, const fs::path& path,
            const std::string& text) {
    while (!file.commit(path, text) && ::access(run.ours().c_str(), F_OK) == 0) {
        std::this_thread::sleep_for(retry_interval);
    }
}

std::string signal_text(int number) {
    const char* name = ::sigabbrev_np(number);
    return "signal " + std::to_string(number) +
           (name != nullptr ? std::string(" (SIG") + name + ")" : std::string());
}

} // namespace

end_record::end_record(const run_paths& run)
    : run_(run), started_us_(now_us()), exit_status_(run.ours() / "exit_status.reserved"),
      stopped_(run.ours() / "stopped.reserved"), reason_(run.ours() / "reason.reserved") {}

protocol::end_reason end_record::reason_of(int wait_status) const {
    const std::string exit_text = WIFSIGNALED(wait_status)
                                      ? std::string()
                                      : "exit code " + std::to_string(WEXITSTATUS(wait_status));
    if (const auto stop = read_stop_request(run_)) {
        const std::string who = !stop->reason.empty() ? stop->reason
                                : stop->by.empty()    ? "stopped"
                                                      : "stopped by " + stop->by;
        return {"stopped", exit_text.empty() ? who : who + ", " + exit_text};
    }
    if (cause_) {
        return {cause_->kind, cause_->detail + (exit_text.empty() ? "" : ", " + exit_text)};
    }
    if (!exit_text.empty()) {
        return {"exited", exit_text};
    }
    const int number = WTERMSIG(wait_status);
    if (number == SIGKILL && memory_.happened()) {
        return {"out_of_memory", "killed by the kernel: out of memory"};
    }
    return {"signal", "ended by " + signal_text(number)};
}

void end_record::write(int wait_status) {
    const std::int64_t exit_status =
        WIFSIGNALED(wait_status) ? -WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
    if (exit_status != 0) {
        insist(reason_, run_, run_.reason(), protocol::encode(reason_of(wait_status)) + "\n");
    }
    insist(exit_status_, run_, run_.attribute("exit_status"), std::to_string(exit_status) + "\n");
    // Timestamps of one process strictly increase (FORMAT.md 2.2).
    const std::int64_t stopped = std::max(now_us(), started_us_ + 1);
    insist(stopped_, run_, run_.attribute("stopped"), std::to_string(stopped) + "\n");
}

void end_record::finish() {
    std::ignore = remove_file(run_.lock()); // without it the exit status still decides
}

} // namespace outrider::agent
