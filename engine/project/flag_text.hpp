#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// A typed `VALUE` of `NAME=VALUE`: integer, float, then YAML; numbers with '_' or ':' stay text,
/// as does what is no YAML. `[1]*3` repeats a list.
[[nodiscard]] boost::json::value decode_flag(std::string_view text);

/// Whether a typed value is one of Guild's batch functions: `range[1:5]`, `[1:10]`,
/// `loguniform[…]`.
[[nodiscard]] bool is_flag_function(std::string_view text);

/// What is done to a flag's value for people.
struct flag_look {
    bool cut_floats = false;    ///< after 5 decimals, not rounded
    bool shorten_paths = false; ///< existing paths, to about 20 characters
    std::string directory;      ///< that relative paths are below
};

/// A flag's value as previews and labels show it: `yes`, `[a, b]`, `'two words'`.
[[nodiscard]] std::string format_flag(const boost::json::value& value, const flag_look& look = {});

/// A flag's value as one word for `argparse`: true is `1`, false and null are empty, lists are
/// quoted words.
[[nodiscard]] std::string argument_text(const boost::json::value& value);

/// A path of at most about `limit` characters with `…` in its middle; first and last parts stay.
[[nodiscard]] std::string shorten_path(const std::string& path, std::size_t limit = 20);

} // namespace outrider
