#pragma once

#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/files/tree_removal.hpp"
#include "engine/protocol/sync_messages.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace outrider::agent {

/// The right to write to the copy of one run: the run directory, and in it the directory for
/// incoming files, whose lock one transfer at a time holds. Owned by the receiving job from the
/// begin of a run to its end. Destroyed early, it removes what is empty, and leaves what the next
/// transfer goes on with.
class run_arrival {
  public:
    using clock = tree_removal::clock;

    run_arrival() = default;
    run_arrival(const run_arrival&) = delete;
    run_arrival& operator=(const run_arrival&) = delete;
    ~run_arrival();

    /// Opens the run, which is made if it is missing, and locks it; false while another transfer
    /// holds the lock.
    [[nodiscard]] result<bool> enter(const agent_context& context, const std::string& home,
                                     const std::string& run_id);
    /// Why the copy must be left as it is, or nothing. Once entered only.
    [[nodiscard]] std::optional<failure> conflict(const agent_context& context,
                                                  const protocol::receive_begin& begin) const;
    [[nodiscard]] int root() const { return run_.directory.get(); }
    [[nodiscard]] int incoming() const { return incoming_.get(); }
    [[nodiscard]] const std::string& path() const { return run_.path; }
    /// The open `.guild`, made if it is missing.
    [[nodiscard]] result<descriptor> guild() const;
    /// Removes files that agents left which were killed, except what a transfer can go on with.
    void sweep() const;
    /// Empties the directory for incoming files a slice at a time; true when nothing is left.
    [[nodiscard]] result<bool> step_emptying(clock::time_point deadline);
    /// The directory is one of the run itself: it stays, also if it is empty.
    void keep_directory(std::string_view path);
    /// Gives the lock back and removes directories that are empty and that transfers made.
    void leave();

  private:
    void remove_empty() const;

    run_directory run_;
    descriptor incoming_;
    bool made_run_ = false;
    /// `.guild` and `.guild/outrider`: whether they came as directories of the run. Else they go
    /// when they are empty: one that was there before looks like one that another transfer just
    /// leaves.
    std::array<bool, 2> kept_{};
    std::optional<tree_removal> emptying_;
};

} // namespace outrider::agent
