#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace outrider::cli {

/// `2026-01-31 23:59:59` in the local time zone of µs since the epoch; empty for nothing.
[[nodiscard]] std::string local_time(std::optional<std::int64_t> microseconds);

} // namespace outrider::cli
