#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace outrider {

/// A value as Python's `str` writes it: `True`, `None`, `[1, 'a']`, text as it is.
[[nodiscard]] std::string python_text(const boost::json::value& value);

} // namespace outrider
