#pragma once

#include "engine/service/messenger.hpp"

#include <memory>

namespace outrider {

/// Starts real programs and posts to real webhooks.
[[nodiscard]] std::shared_ptr<messenger> make_messenger();

} // namespace outrider
