#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::cli {

/// Whether an ordinary option word (`-p`, `--path`, `-nap`) takes the next word as its value.
using takes_value = std::function<bool(std::string_view option)>;

/// Rewrites Guild's multi-letter short options (`-Fo`, `-Set`, `-rm`, …) in the words that follow
/// `command` ("runs list") to long options; a parser of ordinary short options would read them
/// wrongly, and silently. Values of options, and what follows `--`, stay as they are.
[[nodiscard]] std::vector<std::string> expand_short_options(std::span<const std::string> words,
                                                            std::string_view command,
                                                            const takes_value& wants_value);

/// The multi-letter form of a long option ("-Fo" of "--operation"), or nothing; for messages.
[[nodiscard]] std::string_view short_form(std::string_view long_option);

} // namespace outrider::cli
