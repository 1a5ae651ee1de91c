#include "transports/ssh/name_pattern.hpp"

#include <algorithm>

namespace outrider::ssh {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <class Equal>
bool matches(std::string_view name, std::string_view pattern, Equal equal) {
    // Where the last star stands, and up to where it reaches in the name. An earlier star never
    // needs to reach further, so that no pattern takes long.
    std::size_t star = std::string_view::npos;
    std::size_t reached = 0;
    std::size_t at = 0;
    std::size_t next = 0;
    while (at < name.size()) {
        if (next < pattern.size() && pattern[next] == '*') {
            star = next++;
            reached = at;
        } else if (next < pattern.size() &&
                   (pattern[next] == '?' || equal(pattern[next], name[at]))) {
            ++next;
            ++at;
        } else if (star != std::string_view::npos) {
            next = star + 1;
            at = ++reached;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', next) == std::string_view::npos;
}

} // namespace

bool matches_pattern(std::string_view name, std::string_view pattern) {
    return matches(name, pattern, [](char a, char b) { return a == b; });
}

bool matches_in_any_case(std::string_view name, std::string_view pattern) {
    return matches(name, pattern, [](char a, char b) { return lower(a) == lower(b); });
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

} // namespace outrider::ssh
