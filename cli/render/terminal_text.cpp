#include "cli/render/terminal_text.hpp"

#include "cli/render/utf8.hpp"

#include <algorithm>

namespace outrider::cli {
namespace {

constexpr char escape = '\x1b';
constexpr std::string_view usual_colours = "\x1b[0m";

bool is_between(char byte, unsigned least, unsigned most) {
    const auto value = static_cast<unsigned char>(byte);
    return value >= least && value <= most;
}

// Past the bytes of such a range.
std::size_t skip(std::string_view text, std::size_t at, unsigned least, unsigned most) {
    while (at < text.size() && is_between(text[at], least, most)) {
        ++at;
    }
    return at;
}

// The end of a string that BEL or ESC \ ends; of one that does not end, all.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (; at < text.size(); ++at) {
        if (text[at] == '\a') {
            return at + 1;
        }
        if (text[at] == escape && at + 1 < text.size() && text[at + 1] == '\\') {
            return at + 2;
        }
    }
    return at;
}

// The end of the escape sequence at `at` (ECMA-48, 5.3 to 5.6).
std::size_t end_of_sequence(std::string_view text, std::size_t at) {
    ++at;
    if (at >= text.size()) {
        return at;
    }
    if (text[at] == '[') {
        at = skip(text, at + 1, 0x30, 0x3F); // parameters
        at = skip(text, at, 0x20, 0x2F);
        return at < text.size() && is_between(text[at], 0x40, 0x7E) ? at + 1 : at;
    }
    if (std::string_view("]PX^_").find(text[at]) != std::string_view::npos) {
        return end_of_string(text, at + 1);
    }
    at = skip(text, at, 0x20, 0x2F);
    return at < text.size() && is_between(text[at], 0x30, 0x7E) ? at + 1 : at;
}

bool sets_colours(std::string_view sequence) {
    return sequence.size() > 2 && sequence[1] == '[' && sequence.back() == 'm' &&
           sequence.find_first_not_of("0123456789;:", 2) == sequence.size() - 1;
}

// Most lines are: they need no second look.
bool is_plain(std::string_view line) {
    return std::ranges::all_of(line, [](char byte) { return is_between(byte, 0x20, 0x7E); });
}

} // namespace

std::string_view last_state(std::string_view line) {
    const auto end = line.find_last_not_of('\r');
    if (end == std::string_view::npos) {
        return {};
    }
    line = line.substr(0, end + 1);
    const auto begin = line.rfind('\r');
    return begin == std::string_view::npos ? line : line.substr(begin + 1);
}

std::string harmless(std::string_view line, bool colours) {
    if (is_plain(line)) {
        return std::string(line);
    }
    const std::string text = valid_utf8(line);
    std::string out;
    bool coloured = false;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == escape) {
            const auto end = end_of_sequence(text, at);
            const auto sequence = std::string_view(text).substr(at, end - at);
            if (colours && sets_colours(sequence)) {
                out += sequence;
                coloured = true;
            }
            at = end;
        } else if (text[at] == '\xC2' && is_between(text[at + 1], 0x80, 0x9F)) {
            at += 2; // control characters of eight bits
        } else {
            if (text[at] == '\t' || (!is_between(text[at], 0, 0x1F) && text[at] != '\x7F')) {
                out += text[at];
            }
            ++at;
        }
    }
    return coloured ? out.append(usual_colours) : out;
}

} // namespace outrider::cli
