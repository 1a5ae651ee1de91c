#pragma once

#include "cli/render/run_table.hpp"
#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// A question as it is put to a person.
struct question_text {
    std::string preview; ///< whole lines, shown once
    std::string prompt;  ///< asked until the answer is understood; ends in a space
    bool usually = true; ///< what an empty answer means
};

/// The words of a question (FORMAT.md 4.6, 4.7, 5.3 and 5.4). A secret has a prompt only.
[[nodiscard]] question_text words_of(const question& asked, const run_table_view& view);

} // namespace outrider::cli
