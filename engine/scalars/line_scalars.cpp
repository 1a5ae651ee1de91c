#include "engine/scalars/line_scalars.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace outrider {
namespace {

constexpr std::size_t longest_key = 256; // bytes
constexpr std::size_t most_of_a_line = 100;
/// Keys that are kept in mind while steps are counted.
constexpr std::size_t most_keys = 10'000;
/// Steps of all patterns for one line: some milliseconds.
constexpr std::uint64_t most_steps = 50'000;

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view without_end_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    return without_end_blanks(text);
}

// The step in "(step 12)" or "(12)".
std::optional<std::int64_t> step_in(std::string_view parentheses) {
    auto inside = parentheses.substr(1, parentheses.size() - 2);
    if (inside.starts_with("step")) {
        inside.remove_prefix(4);
        if (inside.empty() || !is_blank(inside.front())) {
            return std::nullopt;
        }
        while (!inside.empty() && is_blank(inside.front())) {
            inside.remove_prefix(1);
        }
    }
    std::int64_t step = 0;
    const char* end = inside.data() + inside.size();
    const auto [at, error] = std::from_chars(inside.data(), end, step);
    if (inside.empty() || error != std::errc() || at != end || step < 0) {
        return std::nullopt;
    }
    return step;
}

} // namespace

std::optional<double> number_in(std::string_view text) {
    text = without_blanks(text);
    if (text.starts_with('+') && !text.starts_with("+-")) {
        text.remove_prefix(1);
    }
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || at != end) {
        return std::nullopt;
    }
    if (error == std::errc::result_out_of_range) { // too great or too small, as Python reads it
        return std::strtod(std::string(text).c_str(), nullptr);
    }
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<default_match> match_default(std::string_view line) {
    line = without_end_blanks(line);
    const auto blank = std::ranges::find_if(line, is_blank);
    const auto key_end = static_cast<std::size_t>(blank - line.begin());
    if (key_end < 2 || key_end == line.size() || line[key_end - 1] != ':' ||
        key_end > longest_key) {
        return std::nullopt;
    }
    default_match out{.key = line.substr(0, key_end - 1)};
    if (!is_default_key(out.key)) {
        return std::nullopt;
    }
    const auto rest = without_blanks(line.substr(key_end));
    const auto value_end =
        static_cast<std::size_t>(std::ranges::find_if(rest, is_blank) - rest.begin());
    const auto behind = without_blanks(rest.substr(value_end));
    const auto value = number_in(rest.substr(0, value_end));
    if (!value) {
        return std::nullopt;
    }
    if (!behind.empty()) {
        if (behind.size() < 2 || behind.front() != '(' || behind.back() != ')') {
            return std::nullopt;
        }
        out.step = step_in(behind);
    }
    out.value = *value;
    return out;
}

bool is_default_key(std::string_view text) {
    const char first = text.empty() ? '\0' : text.front();
    return first == '_' || (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
}

std::vector<found_text> texts_of_match(const std::string& name, const line_pattern& pattern,
                                       const line_pattern::match& match) {
    const auto& names = pattern.group_names();
    std::vector<found_text> out;
    std::vector<std::string_view> unnamed;
    found_text pair;
    for (std::size_t i = 0; i < match.found.size(); ++i) {
        if (names[i].empty()) {
            unnamed.push_back(match.found[i]);
        } else if (names[i] == "_key") {
            pair.key = match.found[i];
        } else if (names[i] == "_val") {
            pair.text = match.found[i];
        } else {
            out.push_back({names[i], match.found[i]});
        }
    }
    if (!pair.key.empty()) {
        out.push_back(pair);
    }
    if (!name.empty() && !unnamed.empty()) {
        out.push_back({name, unnamed.front()});
    } else if (name.empty() && unnamed.size() >= 2) {
        out.push_back({unnamed[0], unnamed[1]});
    }
    return out;
}

line_scalars::line_scalars(const protocol::output_scalar_rules& rules)
    : defaults_(rules.defaults), ignored_(rules.ignored.begin(), rules.ignored.end()) {
    for (const auto& rule : rules.patterns) {
        if (auto compiled = line_pattern::compile(rule.pattern)) {
            patterns_.push_back({.name = rule.name, .pattern = std::move(*compiled)});
        }
    }
}

std::vector<scalar_point> line_scalars::take(std::string_view line) {
    std::uint64_t steps = most_steps;
    found_.clear();
    if (defaults_) {
        take_by_default(line);
    }
    for (const auto& each : patterns_) {
        take_by_pattern(each, line, steps);
    }
    // A step counts for all of its line.
    std::vector<scalar_point> out;
    for (auto& point : found_) {
        if (point.tag == "step") {
            step_ = static_cast<std::int64_t>(point.value);
        }
    }
    for (auto& point : found_) {
        if (point.tag == "step") {
            continue;
        }
        if (!step_ && seen_.contains(point.tag)) {
            ++counted_;
            seen_.clear();
        }
        if (!step_ && seen_.size() < most_keys) {
            seen_.insert(point.tag);
        }
        out.push_back({point.tag, step_.value_or(counted_), point.value});
    }
    return out;
}

void line_scalars::take_by_default(std::string_view line) {
    const auto match = match_default(line);
    if (!match) {
        return;
    }
    if (!ignored_.contains(match->key)) {
        note(match->key, match->value);
    }
    if (match->step) {
        note("step", static_cast<double>(*match->step));
    }
}

void line_scalars::take_by_pattern(const named_pattern& each, std::string_view line,
                                   std::uint64_t& steps) {
    line_pattern::match match;
    for (std::size_t from = 0; from <= line.size() && found_.size() < most_of_a_line;) {
        if (!each.pattern.search(line, from, match, steps)) {
            return;
        }
        for (const auto& [key, text] : texts_of_match(each.name, each.pattern, match)) {
            note(key, text);
        }
        from = match.end > match.begin ? match.end : match.end + 1;
    }
}

void line_scalars::note(std::string_view key, std::string_view text) {
    if (const auto value = number_in(text)) {
        note(key, *value);
    }
}

// Steps that are no whole numbers, or beyond them, are none.
void line_scalars::note(std::string_view key, double value) {
    constexpr double greatest_step = 9e15;
    if (key.empty() || key.size() > longest_key ||
        (key == "step" && !(std::abs(value) < greatest_step))) {
        return;
    }
    const auto same = std::ranges::find(found_, key, &scalar_point::tag);
    if (same != found_.end()) {
        same->value = value;
    } else {
        found_.push_back({.tag = std::string(key), .value = value});
    }
}

} // namespace outrider
