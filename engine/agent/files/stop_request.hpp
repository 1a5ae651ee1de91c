#pragma once

#include "engine/core/result.hpp"
#include "engine/runs/run_paths.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace outrider::agent {

/// `stop_request::by` where the run's own time was up (`--stop-after`).
inline constexpr char stopped_by_time[] = "stop-after";

/// Who asked for the end of a run: `.guild/outrider/stop-request`, from which the supervisor learns
/// why its operation was terminated.
struct stop_request {
    std::string by; ///< USER@HOST
    std::int64_t time_us = 0;
    std::string reason; ///< all of the reason, where no person asked; or empty
};
BOOST_DESCRIBE_STRUCT(stop_request, (), (by, time_us, reason))

[[nodiscard]] std::optional<stop_request> read_stop_request(const run_paths& run);
[[nodiscard]] result<> write_stop_request(const run_paths& run, const stop_request& request);

} // namespace outrider::agent
