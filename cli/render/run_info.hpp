#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/events.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <utility>
#include <vector>

namespace outrider::cli {

/// The text of `runs info` (FORMAT.md 4.3). `asked` says which sections were asked for.
[[nodiscard]] std::string run_info_text(const run_described& described, const info_command& asked);

/// The same as one JSON object, one line: values of flags are numbers, booleans and lists, a scalar
/// is `[VALUE, STEP]`. Only a reason why the run ended stands in it beside what the text has.
[[nodiscard]] std::string run_info_json(const run_described& described, const info_command& asked);

/// Flags by name, with their values as numbers, booleans, texts and lists.
[[nodiscard]] boost::json::object flags_json(const std::vector<flag_shown>& flags);

/// The values of the lines before the sections, in their order.
[[nodiscard]] std::vector<std::pair<std::string, std::string>>
run_info_lines(const run_described& described);

/// The command line of a run as one text: words that are empty or hold a space in double quotes.
[[nodiscard]] std::string command_text(const std::vector<std::string>& words);

} // namespace outrider::cli
