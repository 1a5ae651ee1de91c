#include "engine/text/version_text.hpp"

#include <algorithm>
#include <charconv>

namespace outrider {
namespace {

std::string_view without_spaces(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == text.npos ? std::string_view()
                              : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// As far as both are written.
int compared(const std::vector<int>& version, const std::vector<int>& to) {
    const auto length = std::min(version.size(), to.size());
    for (std::size_t i = 0; i < length; ++i) {
        if (version[i] != to[i]) {
            return version[i] < to[i] ? -1 : 1;
        }
    }
    return 0;
}

bool fits_one(const std::vector<int>& version, std::string_view requirement) {
    constexpr std::string_view marks = "<>=!~";
    const auto mark_end = std::min(requirement.find_first_not_of(marks), requirement.size());
    const auto mark = requirement.substr(0, mark_end);
    const auto wanted = version_parts(without_spaces(requirement.substr(mark_end)));
    if (wanted.empty() || version.empty()) {
        return false;
    }
    const int order = compared(version, wanted);
    if (mark.empty() || mark == "==" || mark == "=" || mark == "===") {
        return order == 0;
    }
    if (mark == "~=") { // at least that, and the same but for the last part
        const std::vector<int> same(wanted.begin(), wanted.end() - (wanted.size() > 1 ? 1 : 0));
        return order >= 0 && compared(version, same) == 0;
    }
    return (mark == ">=" && order >= 0) || (mark == ">" && order > 0) ||
           (mark == "<=" && order <= 0) || (mark == "<" && order < 0) ||
           (mark == "!=" && order != 0);
}

} // namespace

std::vector<int> version_parts(std::string_view text) {
    std::vector<int> out;
    for (;;) {
        int part = 0;
        const char* end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data(), end, part);
        if (error != std::errc()) {
            return out;
        }
        out.push_back(part);
        text.remove_prefix(static_cast<std::size_t>(at - text.data()));
        if (!text.starts_with('.')) {
            return out;
        }
        text.remove_prefix(1);
    }
}

bool fits_version(std::string_view version, std::string_view requirement) {
    const auto parts = version_parts(version);
    for (;;) {
        const auto one = requirement.substr(0, requirement.find(','));
        if (!fits_one(parts, without_spaces(one))) {
            return false;
        }
        if (one.size() == requirement.size()) {
            return true;
        }
        requirement.remove_prefix(one.size() + 1);
    }
}

} // namespace outrider
