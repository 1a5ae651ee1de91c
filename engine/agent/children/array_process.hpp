#pragma once

#include <string_view>
#include <vector>

namespace outrider::agent {

/// `outrider-agent array MOST`: makes the trials of the batch in RUN_DIR and submits them as an
/// array of jobs, in pieces of at most MOST elements. Its last line is a `submitted_job` as JSON.
int submit_array(const std::vector<std::string_view>& words);

/// `outrider-agent element DIR FIRST`: an element of such an array: runs the trial of the batch in
/// DIR whose place is FIRST plus the index that Slurm gave it, to its end.
int run_element(const std::vector<std::string_view>& words);

} // namespace outrider::agent
