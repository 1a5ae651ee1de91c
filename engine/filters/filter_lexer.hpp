#pragma once

#include "engine/core/result.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

enum class filter_token_kind {
    word,    ///< a name, a keyword, or a text without quotes
    literal, ///< a number or a quoted text: `value`
    symbol,  ///< = != <> < <= > >= ( ) [ ] ,
    end,
};

/// One token of a filter expression.
struct filter_token {
    filter_token_kind kind = filter_token_kind::end;
    std::string text; ///< as written, without quotes
    boost::json::value value;
    std::size_t at = 0; ///< bytes before it
};

/// Splits a filter expression (FORMAT.md 4.2) into tokens; the last one is `end`. Fails with
/// `bad_input`, saying where, on a quote that is not closed or a character that means nothing.
[[nodiscard]] result<std::vector<filter_token>> filter_tokens(std::string_view text);

} // namespace outrider
