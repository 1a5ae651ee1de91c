#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers as people read them, all pure. What is below zero counts as zero.
namespace outrider::cli {

/// "1,204"
[[nodiscard]] std::string count_text(std::int64_t count);

/// "1 file", "1,204 files"
[[nodiscard]] std::string count_text(std::int64_t count, std::string_view one);

/// "17 B", "1.2 MiB", "310 GiB": bytes in binary units, up to EiB.
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

/// "310 MiB/s"
[[nodiscard]] std::string rate_text(std::int64_t bytes_per_second);

/// "9 s", "3 min 5 s", "2 h 0 min", "4 d 1 h": what is still to wait for.
[[nodiscard]] std::string whole_seconds_text(std::int64_t seconds);

/// "0.04 s", "4.1 s", then as `whole_seconds_text`: what something took.
[[nodiscard]] std::string seconds_text(double seconds);

} // namespace outrider::cli
