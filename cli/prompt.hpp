#pragma once

#include <iosfwd>
#include <optional>
#include <string>

namespace outrider::cli {

/// How a person answered a question of yes or no.
enum class confirmation {
    yes,
    no,
    ended, ///< the input ended without an answer
};

/// Asks on `err` and reads lines of `in` until one is y, yes, n, no (in any case) or empty, which
/// means `usually`. Waits for ever: only a person ends this.
[[nodiscard]] confirmation confirm(std::istream& in, std::ostream& err, const std::string& prompt,
                                   bool usually);

/// Asks on `err` and reads one line of `in`, unseen unless `echo` where standard input is a
/// terminal. Nothing: the input ended.
[[nodiscard]] std::optional<std::string> read_secret(std::istream& in, std::ostream& err,
                                                     const std::string& prompt, bool echo);

} // namespace outrider::cli
