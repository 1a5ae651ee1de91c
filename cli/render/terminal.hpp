#pragma once

#include "cli/invocation.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace outrider::cli {

/// What the text is written to.
struct terminal {
    bool out = false;                 ///< standard output is one
    bool err = false;                 ///< standard error is one
    std::optional<std::size_t> width; ///< columns to cut tables at; nothing: never cut
    bool colour = false;              ///< standard output is coloured
    bool err_colour = false;          ///< standard error is
    /// Columns of standard error where the cursor can be moved; nothing: it cannot.
    std::optional<std::size_t> err_width;
};

/// Asks the system and `environment` (COLUMNS and the variables of `wants_colour`).
[[nodiscard]] terminal detect_terminal(const std::map<std::string, std::string>& environment,
                                       colour_choice wanted);

/// What follows from `environment` and the columns that the system tells, 0 if it tells none.
[[nodiscard]] terminal terminal_of(bool out, bool err, std::size_t columns,
                                   const std::map<std::string, std::string>& environment,
                                   colour_choice wanted = colour_choice::automatic);

/// Whether a stream is coloured: as `wanted`; else not with NO_COLOR, always with CLICOLOR_FORCE,
/// and otherwise on a terminal that is not dumb, unless CLICOLOR is 0.
[[nodiscard]] bool wants_colour(bool terminal, colour_choice wanted,
                                const std::map<std::string, std::string>& environment);

} // namespace outrider::cli
