#include "transports/every_transport.hpp"

namespace outrider {} // namespace outrider
