#include "cli/render/utf8.hpp"

#include <algorithm>

namespace outrider::cli {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

unsigned byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

// The bytes of a character that starts with `lead`; 0 if none does.
std::size_t length_of(unsigned lead) {
    return lead < 0x80   ? 1
           : lead < 0xC2 ? 0
           : lead < 0xE0 ? 2
           : lead < 0xF0 ? 3
           : lead < 0xF5 ? 4
                         : 0;
}

// Table 3-7 of the Unicode standard: the second byte decides about overlong forms, surrogates and
// what lies beyond U+10FFFF.
bool fits(std::string_view text, std::size_t at, std::size_t index) {
    const unsigned lead = byte_at(text, at);
    const unsigned byte = byte_at(text, at + index);
    unsigned least = 0x80;
    unsigned most = 0xBF;
    if (index == 1) {
        least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : least;
        most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : most;
    }
    return byte >= least && byte <= most;
}

// How many bytes from `at` are a well-formed character or the beginning of one.
std::size_t fitting(std::string_view text, std::size_t at) {
    const std::size_t wanted = std::min(length_of(byte_at(text, at)), text.size() - at);
    std::size_t good = std::min<std::size_t>(wanted, 1);
    while (good > 0 && good < wanted && fits(text, at, good)) {
        ++good;
    }
    return good;
}

} // namespace

std::string valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const bool whole = character_at(text, at) > 0;
        const std::size_t good = fitting(text, at);
        out += whole ? text.substr(at, good) : replacement;
        at += std::max<std::size_t>(good, 1);
    }
    return out;
}

std::size_t character_at(std::string_view text, std::size_t at) {
    const std::size_t good = fitting(text, at);
    return good == length_of(byte_at(text, at)) ? good : 0;
}

std::size_t unfinished_character(std::string_view text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const std::size_t at = text.size() - back;
        if (length_of(byte_at(text, at)) > back && fitting(text, at) == back) {
            return back;
        }
    }
    return 0;
}

} // namespace outrider::cli
