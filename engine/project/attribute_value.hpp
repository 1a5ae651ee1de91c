#pragma once

#include "engine/protocol/messages.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace outrider {

/// An attribute of a run; null where it is missing or cannot be read, which counts as not set, as
/// in Guild.
[[nodiscard]] boost::json::value attribute_value(const protocol::run_facts& facts,
                                                 const std::string& name);

} // namespace outrider
