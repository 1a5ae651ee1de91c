#pragma once

#include "engine/api/events.hpp"
#include "engine/protocol/messages.hpp"

#include <string>
#include <vector>

namespace outrider {

/// The attributes that `row_of` reads.
[[nodiscard]] std::vector<std::string> row_attributes();

/// One run as users see it, from what the agent reports. Pure.
[[nodiscard]] run_row row_of(const protocol::run_facts& facts);

} // namespace outrider
