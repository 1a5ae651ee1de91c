#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/session/session.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace outrider {

/// The local copies of runs that are running on one remote, as a sync keeps them up to date. A run
/// whose end was copied leaves it. Owned by the sync; used by one coroutine at a time.
class remote_copies {
  public:
    /// `copies`: rows of this machine.
    remote_copies(command_session& session, target here, std::string remote,
                  std::vector<run_row> copies, bool dry_run);

    [[nodiscard]] const std::string& remote() const { return remote_; }
    /// Of runs that may still be running, as far as is known.
    [[nodiscard]] std::set<std::string> ids() const;
    [[nodiscard]] bool empty() const { return copies_.empty(); }
    /// Runs that are left out, by their fault or by that of the remote.
    [[nodiscard]] std::size_t count_left_out() const { return left_out_; }

    /// Copies these runs, once; those that have ended for the last time. `said`: each is announced.
    /// What goes wrong with a run is said, and the run tried again by the next `update` of it, a
    /// few times; a failure is one of the whole remote.
    [[nodiscard]] awaitable<result<>> update(std::set<std::string> ids, bool said);
    /// Which of the runs are not running any more, or not there.
    [[nodiscard]] awaitable<result<std::set<std::string>>> ended();
    /// Which runs were not copied the last time, though trying again may help.
    [[nodiscard]] std::set<std::string> behind() const;
    /// Says why nothing of this remote is synchronized; none of the runs is left then.
    void give_up(const failure& why);

  private:
    awaitable<result<>> copy_all(const target& from, std::vector<run_row> rows);
    awaitable<result<>> copy(const target& from, std::vector<run_row> rows);
    awaitable<result<>> copy_lost(const target& from, run_row copy);
    void is_up_to_date(const run_row& row);
    void fell_behind(const std::vector<run_row>& rows, const failure& why);
    void leave_out(const std::string& id);

    command_session& session_;
    target here_;
    std::string remote_;
    std::vector<run_row> copies_;
    bool dry_run_;
    std::map<std::string, int> failed_; // how often in succession, by run
    std::size_t left_out_ = 0;
};

} // namespace outrider
