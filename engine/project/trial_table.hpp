#pragma once

#include "engine/api/events.hpp"
#include "engine/search/flag_map.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Trials as rows: a column for each flag that any of them has, by name; values as previews show
/// them, an empty cell where a trial lacks the flag.
[[nodiscard]] trials_listed list_trials(const std::vector<flag_map>& trials);

/// The same as a batch file, with a header.
[[nodiscard]] std::string trials_csv(const std::vector<flag_map>& trials);

/// A JSON array of objects, keys sorted, without a final line feed, as Python writes it.
[[nodiscard]] std::string trials_json(const std::vector<flag_map>& trials);

} // namespace outrider
