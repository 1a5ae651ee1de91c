#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/session/session.hpp"

#include <string>
#include <vector>

namespace outrider {

/// The way that copies of runs take.
struct copy_route {
    target from;
    target to;
    /// Content of LOCK.remote in a copy of a run that is running: where it runs, as the machine
    /// that gets the copy may call it.
    std::string lock_name;
    bool keep_lock_name = false; ///< where the source is a copy itself, what its LOCK.remote says
    bool delete_extra = false;   ///< remove files of the copy that are gone at the source
    bool dry_run = false;        ///< only tell what would be done
    bool repeats =
        false; ///< it is copied again while it runs: what cannot travel is told at its end
};

/// Asks the person whether to copy these runs; a dry run asks nothing. `kind`: pull or push.
[[nodiscard]] awaitable<result<>> confirm_copy(command_session& session, question_kind kind,
                                               const copy_route& by, std::vector<run_row> rows);

/// Copies runs in one stream, so that a copy never lies (see `section_of`) and never takes the
/// place of what is known better at the destination: such a run is left out, and said. A lost link
/// is made anew a few times; what was copied before that is not copied again. A run that ends while
/// it is copied is copied once more.
[[nodiscard]] awaitable<result<>> copy_runs(command_session& session, copy_route by,
                                            std::vector<run_row> rows);

} // namespace outrider
