#include "engine/config/remote.hpp"

namespace outrider {} // namespace outrider
