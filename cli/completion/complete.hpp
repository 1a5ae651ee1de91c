#pragma once

#include "cli/invocation.hpp"
#include "engine/completion/completion.hpp"

#include <functional>
#include <string>
#include <vector>

namespace outrider::cli {

/// What the last word of a command line may become.
struct offer {
    std::vector<completion_candidate> words;
    bool files = false; ///< names of files, which the shell knows
};

/// Who knows the words that are not the program's own. `at` holds `-C` and `-H` where typed.
using word_source = std::function<std::vector<completion_candidate>(const invocation& at,
                                                                    const completion_query& query)>;

/// What the last of `words` (those after the program's name, up to the cursor) may become.
[[nodiscard]] offer complete(const std::string& program, const std::vector<std::string>& words,
                             const word_source& source);

} // namespace outrider::cli
