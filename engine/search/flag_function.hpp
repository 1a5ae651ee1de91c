#pragma once

#include "engine/core/result.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// A flag's value that stands for many: `uniform[0:1]`, `range[1:9:2]`. `[0:1]` is `uniform`.
struct flag_function {
    std::string name; ///< "uniform", "range", or one that does not exist
    std::vector<boost::json::value> arguments;
};

/// Reads `NAME[A:B…]` or `[A:B…]`; arguments are read as YAML words. Nothing where it is plain
/// text: also a name that is no function's and has no `:` in its brackets (`layer[3]`), and a list.
[[nodiscard]] std::optional<flag_function> read_flag_function(std::string_view text);

/// Whether a text is a function.
[[nodiscard]] bool is_flag_function(std::string_view text);

/// Whether the function is a sequence, which becomes a list: `range`, `linspace`, `logspace`.
[[nodiscard]] bool is_sequence(const flag_function& function);

/// What a sequence stands for.
struct sequence_values {
    boost::json::array values;
    std::string note; ///< what is odd about the arguments, or empty
};

/// The values of a sequence as numpy and Guild make them: floats above 1e-8 are rounded to 8
/// decimals, `range` of integers stays so. `bad_input` says what is wrong with the arguments:
/// "function requires at least 2 arg(s)".
[[nodiscard]] result<sequence_values> expand_sequence(const flag_function& function);

/// Arguments as Python shows a tuple: "(1, 2.5, 'a')", "(7,)".
[[nodiscard]] std::string python_tuple(const std::vector<boost::json::value>& values);

} // namespace outrider
