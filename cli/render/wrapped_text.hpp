#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace outrider::cli {

/// Columns of Guild's help texts where a terminal does not say otherwise.
inline constexpr std::size_t help_width = 78;

/// What follows this line of a text is laid out already, as in texts for Python's click.
inline constexpr char laid_out[] = "\b\n";

/// The paragraphs of `text`, an empty line between them, with lines of at most `width` characters
/// where words allow it. Lines break at blanks and behind hyphens between letters, as Python's
/// `textwrap` has it, so that help reads the same as Guild's.
[[nodiscard]] std::vector<std::string> wrapped_lines(const std::string& text, std::size_t width);

} // namespace outrider::cli
