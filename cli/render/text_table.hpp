#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace outrider::cli {

/// Colours of the terminal's own palette.
enum class colour {
    none,   ///< the usual one
    red,    ///< something went wrong
    green,  ///< something goes on
    yellow, ///< something was ended on purpose
    dim,    ///< something is yet to come
};

struct table_cell {
    std::string text;
    colour shown = colour::none;
};
using table_row = std::vector<table_cell>;

struct table_layout {
    std::size_t indent = 0;           ///< spaces before each row
    std::optional<std::size_t> width; ///< columns to cut rows at; nothing: never
    bool colour = false;
};

/// Each cell but the last of a row is padded to the widest of its column plus two spaces; so an
/// empty last cell leaves the padding before it. Control characters show as '?'. All rows have the
/// same number of cells. Ends in a line feed unless there is no row.
[[nodiscard]] std::string format_table(std::vector<table_row> rows, const table_layout& layout);

/// Characters of UTF-8 text.
[[nodiscard]] std::size_t text_width(const std::string& text);

/// `text` without the characters that are more than `width`.
[[nodiscard]] std::string cut_to_width(std::string text, std::size_t width);

} // namespace outrider::cli
