#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/core/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace outrider::agent {

/// A GPU as its driver describes it.
struct gpu_facts {
    std::int64_t index = 0; ///< in the order of the PCI bus
    std::string uuid;
    std::int64_t memory_mib = 0;    ///< 0: not told
    std::string name;               ///< "NVIDIA A100-SXM4-80GB"; empty: not told
    std::vector<std::int64_t> pids; ///< of the processes that compute on it
};

/// The GPUs of this machine and who computes on them, asked of `nvidia-smi` in PATH. `not_found` if
/// there is none. Waits for the answer, at most 20 s.
[[nodiscard]] result<std::vector<gpu_facts>> ask_gpus(const environment_map& environment);

/// The answers of `nvidia-smi` as facts: lines "0, GPU-…, 81920, NVIDIA A100" and "GPU-…, 1234".
/// Pure.
[[nodiscard]] result<std::vector<gpu_facts>> read_gpus(std::string_view gpus,
                                                       std::string_view processes);

} // namespace outrider::agent
