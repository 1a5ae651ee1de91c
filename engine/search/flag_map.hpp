#pragma once

#include <boost/json/value.hpp>

#include <map>
#include <string>

namespace outrider {

/// Values of flags by name. One of these is all that a trial is.
using flag_map = std::map<std::string, boost::json::value>;

} // namespace outrider
