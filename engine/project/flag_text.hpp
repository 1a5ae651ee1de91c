#pragma once

#include "engine/flags/flag_encoding.hpp"

namespace outrider {

/// A typed `VALUE` of `NAME=VALUE`: integer of any size, float, a YAML list, mapping or quoted
/// text, or a word of YAML (`yes`, `null`, `0x10`). Anything else is text as it was typed, but for
/// white space around it: also what YAML would take for a comment (`#ff0000`), a tag or a block,
/// and numbers with '_' or ':'. `[1]*3` repeats a list.
[[nodiscard]] boost::json::value decode_flag(std::string_view text);

/// The same for a flag of a type: text stays text unless it begins with a bracket or a quotation
/// mark; numbers and booleans are read as Python reads them first (`1_000`).
[[nodiscard]] boost::json::value decode_flag_as(std::string_view text, std::string_view type);

} // namespace outrider
