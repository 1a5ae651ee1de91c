#pragma once

#include "engine/commands/session/session.hpp"
#include "engine/sync/copy_plan.hpp"
#include "engine/sync/progress_meter.hpp"
#include "engine/sync/transfer.hpp"

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace outrider {

/// Tells the client how a copying goes: each run once, in the order of the list, the progress a few
/// times a second, and a summary. Owned by the job that copies.
class copy_report {
  public:
    /// `remote`: of the two machines, the one that the user named.
    copy_report(command_session& session, std::string remote);

    /// A pass over some runs begins: those that are equal already, and those that are sent, in the
    /// order in which they are told of.
    struct listed_run {
        std::string id;
        bool unchanged = false;
    };
    void begin_pass(std::vector<listed_run> runs, std::int64_t files, std::int64_t bytes);
    /// The orders of a run are being sent.
    void begun(const std::string& run_id);
    void progressed(const protocol::transfer_ack& ack);
    void received(const protocol::run_received& run);
    void end_pass(const transfer_totals& totals);
    /// `--dry-run`: what would be done.
    void planned(const copy_plan& plan, bool unchanged);
    /// A run is not copied; `why` is said if it is not empty.
    void left_out(const std::string& why);
    [[nodiscard]] std::int64_t count_left_out() const { return summary_.left_out; }
    void finish();

  private:
    void tell_until(const std::string* run_id);

    command_session& session_;
    copy_summary summary_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    // Of this pass.
    std::vector<listed_run> runs_;
    std::size_t next_ = 0; // in runs_: not told of yet
    copy_progress progress_;
    progress_meter meter_;
    std::chrono::steady_clock::time_point last_told_{};
    // Of all passes.
    std::set<std::string> begun_;
    std::set<std::string> copied_;
    std::set<std::string> unchanged_;
};

} // namespace outrider
