#pragma once

#include "engine/core/result.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace outrider {

/// Reads an INI file as Python's `configparser` does: sections, `name = value` or `name: value`,
/// names in lower case, lines that go on by being indented, comments after `#` or `;` at the
/// beginning of a line. What stands before the first section or in `[DEFAULT]` is at the top.
/// Values are decoded as typed flags are. `bad_input` with the line where it makes no sense.
[[nodiscard]] result<boost::json::object> read_ini(std::string_view text);

} // namespace outrider
