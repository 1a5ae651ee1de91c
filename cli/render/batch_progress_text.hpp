#pragma once

#include "engine/api/events.hpp"

#include <cstddef>
#include <string>

namespace outrider::cli {

/// `37/120 done, 2 failed, 1 running, best loss 0.31: lr=0.01`: one line without its end, cut to
/// `width` characters.
[[nodiscard]] std::string batch_progress_line(const batch_progress& progress, std::size_t width);

} // namespace outrider::cli
