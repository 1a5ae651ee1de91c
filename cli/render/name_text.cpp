#include "cli/render/name_text.hpp"

#include "cli/render/utf8.hpp"

#include <fmt/format.h>

#include <iterator>

namespace outrider::cli {
namespace {

// The letter of C after the backslash; 0 for bytes that have none.
char letter_of(char byte) {
    switch (byte) {
    case '\a':
        return 'a';
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\v':
        return 'v';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    case '\\':
        return '\\';
    default:
        return 0;
    }
}

// U+0080 to U+009F: terminals may take them as commands.
bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    return character.size() == 1 ? first < 0x20 || first == 0x7f
                                 : first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

} // namespace

std::string name_text(std::string_view name) {
    std::string out;
    out.reserve(name.size());
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t whole = character_at(name, at);
        const auto character = name.substr(at, whole > 0 ? whole : 1);
        at += character.size();
        if (const char letter = letter_of(character[0])) {
            out += '\\';
            out += letter;
        } else if (whole > 0 && !is_control(character)) {
            out += character;
        } else {
            for (const char byte : character) {
                fmt::format_to(std::back_inserter(out), "\\{:03o}",
                               static_cast<unsigned char>(byte));
            }
        }
    }
    return out;
}

} // namespace outrider::cli
