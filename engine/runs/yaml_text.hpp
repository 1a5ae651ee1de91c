#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace outrider {

/// The YAML text of a value as Guild writes attributes, with a final line feed.
[[nodiscard]] std::string yaml_text(const boost::json::value& value);

} // namespace outrider
