#pragma once

#include "cli/invocation.hpp"
#include "engine/api/events.hpp"

#include <cstdint>
#include <string>

namespace outrider::cli {

/// The text of `--dry-run`: what would be copied, run by run, and the sum in the end. Owned by the
/// renderer of one command.
class copy_plan_text {
  public:
    /// A heading for each run that would change, and under it `+ PATH (SIZE)` for what is not
    /// there yet, `~ PATH (SIZE)` for what differs and `- PATH` for what would be removed.
    [[nodiscard]] std::string lines(const copy_planned& planned, const command& asked);

    /// Counts what one remote has in all.
    void add(const copy_summary& summary);

    /// `Would copy 3 runs (12 files, 1.2 MiB), 7 unchanged`, or `Nothing to copy.`; empty where
    /// nothing was counted.
    [[nodiscard]] std::string last_line() const;

  private:
    std::string heading_;      ///< the last one written
    std::int64_t removed_ = 0; ///< files
    bool counted_ = false;
    copy_summary sum_;
};

} // namespace outrider::cli
