#pragma once

#include "engine/api/events.hpp"
#include "engine/protocol/messages.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

BOOST_DEFINE_ENUM_CLASS(column_kind, scalar, flag, attribute)
BOOST_DEFINE_ENUM_CLASS(scalar_part, last, first, least, greatest, mean, total, count)

/// A column of runs as Guild's `compare` names it: `=FLAG`, `.ATTRIBUTE`, or
/// `[first|last|min|max|avg|total|count] SCALAR [step]`.
struct run_column {
    column_kind kind = column_kind::scalar;
    std::string name;
    scalar_part part = scalar_part::last;
    bool step = false;  ///< the step at which the scalar has that value
    bool plain = false; ///< nothing says which kind it is

    friend bool operator==(const run_column&, const run_column&) = default;
};

/// Reads a column; `X as TITLE` is allowed. Fails with `bad_input` on an empty text or several
/// columns.
[[nodiscard]] result<run_column> parse_column(std::string_view text);

/// What one run has in it: a number, a text, null where it has nothing (or a value that is no
/// number).
[[nodiscard]] boost::json::value value_in(const run_column& column, const run_detail& run);

/// The order of values: numbers by size, then texts; booleans count as 0 and 1.
[[nodiscard]] bool column_less(const boost::json::value& left, const boost::json::value& right);

/// An attribute as `select` prints it: what `info` shows of that name (`user_home` stands as `~`),
/// else the YAML text of the attribute; nothing if the run has none of that name.
[[nodiscard]] std::optional<std::string> attribute_text(const run_detail& run,
                                                        const protocol::run_facts& facts,
                                                        const std::string& name,
                                                        const std::string& user_home);

} // namespace outrider
