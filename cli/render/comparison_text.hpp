#pragma once

#include "cli/render/terminal.hpp"
#include "engine/api/compare_events.hpp"

#include <optional>
#include <string>

namespace outrider::cli {

/// `compare` as text (FORMAT-2.md 4.1). With a `width` the columns are made narrower until the
/// table fits, as far as they can be read then; without one nothing is cut.
[[nodiscard]] std::string comparison_table(const runs_compared& compared,
                                           std::optional<std::size_t> width);

/// `compare --csv`: values as they are. Empty where there is no run.
[[nodiscard]] std::string comparison_csv(const runs_compared& compared);

/// `compare --print-scalars`
[[nodiscard]] std::string scalars_list(const scalars_listed& listed);

} // namespace outrider::cli
