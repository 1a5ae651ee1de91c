#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// A typed `VALUE` of `NAME=VALUE`: integer of any size, float, a YAML list, mapping or quoted
/// text, or a word of YAML (`yes`, `null`, `0x10`). Anything else is text as it was typed, but for
/// white space around it: also what YAML would take for a comment (`#ff0000`), a tag or a block,
/// and numbers with '_' or ':'. `[1]*3` repeats a list.
[[nodiscard]] boost::json::value decode_flag(std::string_view text);

/// The same for a flag of a type: text stays text unless it begins with a bracket or a quotation
/// mark; numbers and booleans are read as Python reads them first (`1_000`).
[[nodiscard]] boost::json::value decode_flag_as(std::string_view text, std::string_view type);

/// Whether two values are equal to Python: `yes`, 1 and 1.0 are.
[[nodiscard]] bool equal_values(const boost::json::value& a, const boost::json::value& b);

/// What is done to a flag's value for people.
struct flag_look {
    bool cut_floats = false;    ///< after 5 decimals, not rounded
    bool shorten_paths = false; ///< existing paths, to about 20 characters
    std::string directory;      ///< that relative paths are below
};

/// A flag's value as previews show it, and as one would type it: `yes`, `[a, b]`, `two words`.
[[nodiscard]] std::string encode_flag(const boost::json::value& value);

/// A flag's value as labels and help show it: text with spaces is quoted, `'two words'`.
[[nodiscard]] std::string format_flag(const boost::json::value& value, const flag_look& look = {});

/// A flag's value as one word for `argparse`: true is `1`, false and null are empty, lists are
/// quoted words.
[[nodiscard]] std::string argument_text(const boost::json::value& value);

/// The words that a value is spread over: as a shell splits them, or at each `separator` without
/// empty parts. Quotation marks that are not closed leave one word.
[[nodiscard]] std::vector<std::string> split_flag(const boost::json::value& value,
                                                  const std::string& separator);

/// A path of at most about `limit` characters with `…` in its middle; first and last parts stay.
[[nodiscard]] std::string shorten_path(const std::string& path, std::size_t limit = 20);

} // namespace outrider
