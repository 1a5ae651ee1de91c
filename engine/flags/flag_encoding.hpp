#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// Reads a typed value as far as that takes no YAML reader: a number, a function, a word of YAML,
/// text. Nothing where it begins with a bracket or a quotation mark.
[[nodiscard]] std::optional<boost::json::value> decode_plain_flag(std::string_view text);
/// The same for whoever has no YAML reader: then that is text as well.
[[nodiscard]] boost::json::value decode_word(std::string_view text);

/// What reads a typed value: `decode_word`, or the project's `decode_flag`.
using flag_decoder = boost::json::value (*)(std::string_view text);
/// Reads a value of a flag's type: text stays text unless it begins with a bracket or a quotation
/// mark; numbers and booleans are read as Python reads them first (`1_000`).
[[nodiscard]] boost::json::value decode_typed(std::string_view text, std::string_view type,
                                              flag_decoder decode);

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
