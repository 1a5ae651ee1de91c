#pragma once

#include "engine/core/result.hpp"

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

/// Bytes and times on their way into a file that is not in its place yet.
namespace outrider::agent {

/// Writes all bytes at an offset; fails with `no_space` on a full disk. `path` names the file in
/// the failure.
[[nodiscard]] result<> write_at(int file, std::string_view bytes, std::int64_t offset,
                                const std::string& path);
/// The same where nothing but a hole is in the file: pages of zeros stay holes. The length of the
/// file is then up to the caller.
[[nodiscard]] result<> write_around_holes(int file, std::string_view bytes, std::int64_t offset,
                                          const std::string& path);
/// Nanoseconds since the epoch, also before it, as the system wants them.
[[nodiscard]] timespec time_of(std::int64_t mtime_ns);

} // namespace outrider::agent
