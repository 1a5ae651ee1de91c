#pragma once

#include <string>
#include <string_view>

/// The character level of writing YAML as PyYAML does, for `yaml_text.cpp`.
namespace outrider {

/// UTF-8 as code points; a byte that is not UTF-8 becomes U+DC00 + byte, as in Python's file names.
[[nodiscard]] std::u32string to_characters(std::string_view utf8);
void append_utf8(std::string& out, std::u32string_view characters);

/// What a string allows its writer: PyYAML's `analyze_scalar`.
struct scalar_look {
    bool multiline = false;
    bool allow_flow_plain = true;
    bool allow_block_plain = true;
    bool allow_single_quoted = true;
};
[[nodiscard]] scalar_look look_at(std::u32string_view text);

/// Whether a character cannot stand as it is between double quotes.
[[nodiscard]] bool needs_escape(char32_t c);
/// `\n`, `\xE9`, `\u2028`…
[[nodiscard]] std::u32string escaped(char32_t c);

} // namespace outrider
