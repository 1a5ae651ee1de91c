#pragma once

#include "engine/engine.hpp"

#include <memory>

namespace outrider {

/// An engine that knows every transport of this folder.
[[nodiscard]] std::unique_ptr<engine> make_engine();

} // namespace outrider
