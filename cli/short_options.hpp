#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::cli {

/// What the command knows that the words belong to.
struct short_option_rules {
    bool filters = false; ///< it takes those of runs: elsewhere the letters mean something else
    std::function<bool(std::string_view option)> has; ///< whether it has this long option
    /// Whether an ordinary option word (`-p`, `--path`, `-nap`) takes the next word as its value.
    std::function<bool(std::string_view option)> wants_value;
};

/// Rewrites Guild's multi-letter short options (`-Fo`, `-Set`, `-rm`, …) in the words that follow a
/// command to long options; a parser of ordinary short options would read them wrongly, and
/// silently. Values of options, and what follows `--`, stay as they are.
[[nodiscard]] std::vector<std::string> expand_short_options(std::span<const std::string> words,
                                                            const short_option_rules& verb);

/// The multi-letter form of a long option ("-Fo" of "--operation"), or nothing; for messages.
[[nodiscard]] std::string_view short_form(std::string_view long_option);

} // namespace outrider::cli
