#include "transports/ssh/config_file.hpp"

#include "transports/ssh/name_pattern.hpp"

#include <algorithm>

namespace outrider::ssh {
namespace {

constexpr std::string_view config_blanks = " \t\r\f\v";

std::string_view without_blanks(std::string_view text) {
    const auto start = text.find_first_not_of(config_blanks);
    if (start == std::string_view::npos) {
        return {};
    }
    return text.substr(start, text.find_last_not_of(config_blanks) - start + 1);
}

/// Takes one argument from the front of `text`, which begins with it; false: a quote is open.
bool take_argument(std::string_view& text, std::string& word) {
    char quote = 0;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (c == '\\' &&
            (next == '\'' || next == '"' || next == '\\' || (quote == 0 && next == ' '))) {
            word += text[++at];
        } else if (quote == 0 && (c == ' ' || c == '\t')) {
            break;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (quote != 0 && c == quote) {
            quote = 0;
        } else {
            word += c;
        }
    }
    text.remove_prefix(at);
    return quote == 0;
}

} // namespace

std::optional<config_option> take_option(std::string_view& file) {
    while (!file.empty()) {
        const auto size = std::min(file.find('\n'), file.size());
        const auto line = without_blanks(file.substr(0, size));
        file.remove_prefix(std::min(size + 1, file.size()));
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const auto end = std::min(line.find_first_of(" \t=\r\f\v"), line.size());
        auto rest = without_blanks(line.substr(end));
        if (rest.starts_with('=')) {
            rest = without_blanks(rest.substr(1));
        }
        return config_option{.keyword = lower_case(line.substr(0, end)), .arguments = rest};
    }
    return std::nullopt;
}

std::optional<std::vector<std::string>> split_arguments(std::string_view text) {
    std::vector<std::string> words;
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
        if (text.empty() || text.front() == '#') {
            return words;
        }
        if (!take_argument(text, words.emplace_back())) {
            return std::nullopt;
        }
    }
}

void read_known_hosts_lists(std::string_view file, std::vector<std::vector<std::string>>& into) {
    while (const auto option = take_option(file)) {
        if (option->keyword != "userknownhostsfile" && option->keyword != "globalknownhostsfile") {
            continue;
        }
        auto words = split_arguments(option->arguments);
        if (words && std::find(into.begin(), into.end(), *words) == into.end()) {
            into.push_back(std::move(*words));
        }
    }
}

std::string quoted_arguments(const std::vector<std::string>& words, bool tokens) {
    std::string text;
    for (const auto& word : words) {
        text += text.empty() ? "\"" : " \"";
        for (const char c : word) {
            if (c == '"' || c == '\\') {
                text += '\\';
            } else if (c == '%' && tokens) {
                text += '%';
            }
            text += c;
        }
        text += '"';
    }
    return text;
}

} // namespace outrider::ssh
