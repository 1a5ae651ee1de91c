#include "engine/text/yaml_characters.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace outrider {
namespace {

// The length of the sequence that starts with `lead`; 0: not a lead byte.
std::size_t sequence_length(unsigned char lead) {
    return lead < 0x80   ? 1
           : lead < 0xc2 ? 0
           : lead < 0xe0 ? 2
           : lead < 0xf0 ? 3
           : lead < 0xf5 ? 4
                         : 0;
}

bool is_encodable(char32_t c, std::size_t length) {
    static constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    return c >= smallest[length] && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
}

bool is_break(char32_t c) {
    return c == U'\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_blank_or_break(char32_t c) {
    return c == 0 || c == U' ' || c == U'\t' || c == U'\r' || is_break(c);
}

bool is_any_of(char32_t c, std::u32string_view set) {
    return set.find(c) != std::u32string_view::npos;
}

struct indicators {
    bool flow = false;
    bool block = false;
};

// Characters that mean something to YAML where they stand.
indicators indicators_of(std::u32string_view text) {
    indicators found;
    if (text.starts_with(U"---") || text.starts_with(U"...")) {
        found = {true, true};
    }
    bool after_space = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char32_t c = text[i];
        const bool before_space = i + 1 >= text.size() || is_blank_or_break(text[i + 1]);
        if (i == 0) {
            const bool reserved = is_any_of(c, U"#,[]{}&*!|>'\"%@`");
            found.flow |= reserved || is_any_of(c, U"?:") || (c == U'-' && before_space);
            found.block |= reserved || (is_any_of(c, U"?:-") && before_space);
        } else {
            const bool comment = c == U'#' && after_space;
            found.flow |= is_any_of(c, U",?[]{}:") || comment;
            found.block |= (c == U':' && before_space) || comment;
        }
        after_space = is_blank_or_break(c);
    }
    return found;
}

} // namespace

std::u32string to_characters(std::string_view utf8) {
    std::u32string out;
    out.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = sequence_length(lead);
        char32_t c = length == 1 ? lead : lead & (0xffU >> (length + 1));
        bool good = length > 0 && i + length <= utf8.size();
        for (std::size_t k = 1; good && k < length; ++k) {
            const auto next = static_cast<unsigned char>(utf8[i + k]);
            good = (next & 0xc0) == 0x80;
            c = (c << 6) | (next & 0x3f);
        }
        good = good && is_encodable(c, length);
        out.push_back(good ? c : 0xdc00 + lead);
        i += good ? length : 1;
    }
    return out;
}

void append_utf8(std::string& out, std::u32string_view characters) {
    const auto push = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    for (const char32_t c : characters) {
        if (c < 0x80) {
            push(c);
        } else if (c < 0x800) {
            push(0xc0 | (c >> 6));
            push(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            push(0xe0 | (c >> 12));
            push(0x80 | ((c >> 6) & 0x3f));
            push(0x80 | (c & 0x3f));
        } else {
            push(0xf0 | (c >> 18));
            push(0x80 | ((c >> 12) & 0x3f));
            push(0x80 | ((c >> 6) & 0x3f));
            push(0x80 | (c & 0x3f));
        }
    }
}

scalar_look look_at(std::u32string_view text) {
    if (text.empty()) {
        return {.allow_flow_plain = false};
    }
    bool special = false, breaks = false, break_then_space = false, space_then_break = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        special |= text[i] != U'\n' && (text[i] < 0x20 || text[i] > 0x7e);
        breaks |= is_break(text[i]);
        if (i > 0) {
            break_then_space |= is_break(text[i - 1]) && text[i] == U' ';
            space_then_break |= text[i - 1] == U' ' && is_break(text[i]);
        }
    }
    const auto at_edge = [](char32_t c) { return c == U' ' || is_break(c); };
    const auto marks = indicators_of(text);
    const bool no_plain = at_edge(text.front()) || at_edge(text.back()) || break_then_space ||
                          space_then_break || special || breaks;
    return {.multiline = breaks,
            .allow_flow_plain = !no_plain && !marks.flow,
            .allow_block_plain = !no_plain && !marks.block,
            .allow_single_quoted = !break_then_space && !space_then_break && !special};
}

bool needs_escape(char32_t c) {
    return c == U'"' || c == U'\\' || c < 0x20 || c > 0x7e;
}

std::u32string escaped(char32_t c) {
    static constexpr std::array<std::pair<char32_t, char32_t>, 15> names{{{0, U'0'},
                                                                          {7, U'a'},
                                                                          {8, U'b'},
                                                                          {9, U't'},
                                                                          {10, U'n'},
                                                                          {11, U'v'},
                                                                          {12, U'f'},
                                                                          {13, U'r'},
                                                                          {27, U'e'},
                                                                          {U'"', U'"'},
                                                                          {U'\\', U'\\'},
                                                                          {0x85, U'N'},
                                                                          {0xa0, U'_'},
                                                                          {0x2028, U'L'},
                                                                          {0x2029, U'P'}}};
    for (const auto& [character, name] : names) {
        if (c == character) {
            return {U'\\', name};
        }
    }
    const auto [letter, digits] = c <= 0xff     ? std::pair{U'x', 2}
                                  : c <= 0xffff ? std::pair{U'u', 4}
                                                : std::pair{U'U', 8};
    std::u32string out{U'\\', letter};
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
        out.push_back(U"0123456789ABCDEF"[(c >> shift) & 0xf]);
    }
    return out;
}

} // namespace outrider
