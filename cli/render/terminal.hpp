#pragma once

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
    bool colour = false;              ///< standard output may be coloured
};

/// Asks the system and `environment` (COLUMNS, NO_COLOR, TERM).
[[nodiscard]] terminal detect_terminal(const std::map<std::string, std::string>& environment);

/// What follows from `environment` and the columns that the system tells, 0 if it tells none.
[[nodiscard]] terminal terminal_of(bool out, bool err, std::size_t columns,
                                   const std::map<std::string, std::string>& environment);

} // namespace outrider::cli
