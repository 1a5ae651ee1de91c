#pragma once

#include "engine/api/scalar_choice.hpp"
#include "engine/core/result.hpp"

#include <boost/describe.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

BOOST_DEFINE_ENUM_CLASS(column_kind, scalar, flag, attribute)

/// A column of runs as Guild's `compare` names it (FORMAT-2.md 4.2): `=FLAG`, `.ATTRIBUTE`, or
/// `[first|last|min|max|avg|total|count] SCALAR [step]`, with `as HEADING` behind it.
struct run_column {
    column_kind kind = column_kind::scalar;
    std::string name;
    scalar_part part = scalar_part::last;
    bool step = false;   ///< the step at which the scalar has that value
    bool plain = false;  ///< nothing says which kind it is
    std::string heading; ///< what it is called in a table

    friend bool operator==(const run_column&, const run_column&) = default;
};

/// Reads columns, with commas between them. Fails with `bad_input` and what is wrong where, by a
/// position that counts from a `select ` put in front, as Guild does.
[[nodiscard]] result<std::vector<run_column>> parse_columns(std::string_view text);

/// Reads the one column that runs are chosen by. Fails with `bad_input` on an empty text or several
/// columns.
[[nodiscard]] result<run_column> parse_column(std::string_view text);

} // namespace outrider
