#pragma once

#include "engine/core/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

/// The flags of the operation `queue`.
struct queue_options {
    std::string home; ///< absolute
    std::chrono::milliseconds poll_interval{10'000};
    bool run_once = false;
    bool wait_for_running = false;
    bool ignore_running = false;
    std::optional<std::string> gpus; ///< CUDA_VISIBLE_DEVICES of the started runs
};

/// Reads `--NAME VALUE` words; an empty value of a switch means no. `bad_input` names what is
/// wrong.
[[nodiscard]] result<queue_options> read_queue_options(const std::vector<std::string_view>& words);

} // namespace outrider::agent
