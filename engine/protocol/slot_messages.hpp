#pragma once

#include "engine/protocol/slot.hpp"

#include <string_view>

/// Requests about how much of a machine is free.
namespace outrider::protocol {

/// What a machine has for one more run, as a look at it shows: no promise, for others look, too.
struct slot_report {
    std::int64_t total = 0;          ///< slots by these rules; 0: there is no such limit
    std::int64_t free = 0;           ///< of them
    std::vector<std::int64_t> gpus;  ///< indexes of those that the next run would get
    std::int64_t gpu_memory_mib = 0; ///< of the largest GPU, where runs are given some
    std::string gpu_name;            ///< of that
    std::int64_t processors = 0;
    std::int64_t memory_bytes = 0;
    double load = 0;     ///< of the last minute: processes that run or want to
    std::string trouble; ///< why there can be none here: GPUs are missing; or empty
};
BOOST_DESCRIBE_STRUCT(slot_report, (),
                      (total, free, gpus, gpu_memory_mib, gpu_name, processors, memory_bytes, load,
                       trouble))
/// Looks which slots nobody holds, and asks the driver of GPUs where runs are given some.
struct read_slots {
    using reply = slot_report;
    static constexpr std::string_view name = "read_slots";
    slot_rules rules;
};
BOOST_DESCRIBE_STRUCT(read_slots, (), (rules))

} // namespace outrider::protocol
