#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace outrider::protocol {

/// How a machine is shared out among the trials of its batches, and how much of it one takes.
struct slot_rules {
    std::int64_t count = 0;          ///< slots of the machine, one a trial; 0: it has no such limit
    std::vector<std::int64_t> gpus;  ///< indexes of those that may be used, in order; empty: all
    std::int64_t gpus_per_trial = 0; ///< 0: trials are not given GPUs
    std::int64_t trials_per_gpu = 1; ///< that share each GPU
};
BOOST_DESCRIBE_STRUCT(slot_rules, (), (count, gpus, gpus_per_trial, trials_per_gpu))

/// A right to run: an flock on a file of the machine, kept by the supervisor of a run for as long
/// as it lives.
struct held_slot {
    std::string name;    ///< of the file below `slots/` of the agent's cache
    bool shared = false; ///< others may hold it shared, too
    std::int64_t gpu = -1;
    std::string gpu_uuid;
};
BOOST_DESCRIBE_STRUCT(held_slot, (), (name, shared, gpu, gpu_uuid))

} // namespace outrider::protocol
