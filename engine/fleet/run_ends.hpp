#pragma once

#include "engine/api/run_row.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace outrider {

/// What a job that tells of the ends of runs has seen of a machine. Small, so that it can be kept
/// over a restart: ends that happen meanwhile are seen afterwards.
struct run_marks {
    std::int64_t newest_started_us = 0;  ///< of all runs that were seen; by the clock there
    std::vector<std::string> unfinished; ///< ids of those that had not ended
};
BOOST_DESCRIBE_STRUCT(run_marks, (), (newest_started_us, unfinished))

/// The marks of what is there now: ends of earlier runs are of no interest.
[[nodiscard]] run_marks marks_of(const std::vector<run_row>& rows);

/// The runs that have ended since the marks were made, the earliest start first, and moves the
/// marks on. A run counts that had not ended then, or that was started later (also in place of one
/// that had ended). `whole`: there are no other runs on the machine. Pure.
[[nodiscard]] std::vector<run_row> take_ends(run_marks& marks, const std::vector<run_row>& rows,
                                             bool whole);

} // namespace outrider
