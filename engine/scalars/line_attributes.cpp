#include "engine/scalars/line_attributes.hpp"

#include "engine/scalars/line_scalars.hpp"

namespace outrider {
namespace {

constexpr std::size_t longest_attribute_key = 256; // bytes
constexpr std::size_t most_attributes_of_a_line = 100;
/// Steps of all patterns for one line: some milliseconds.
constexpr std::uint64_t most_attribute_steps = 50'000;
constexpr std::string_view blanks = " \t\n\v\f\r";

} // namespace

line_attributes::line_attributes(const protocol::output_scalar_rules& rules)
    : defaults_(rules.defaults), ignored_(rules.ignored.begin(), rules.ignored.end()) {
    for (const auto& rule : rules.patterns) {
        if (auto compiled = line_pattern::compile(rule.pattern)) {
            patterns_.push_back({.name = rule.name, .pattern = std::move(*compiled)});
        }
    }
}

std::vector<text_point> line_attributes::take(std::string_view line) const {
    line = line.substr(0, line.find_last_not_of(blanks) + 1);
    std::vector<text_point> out;
    if (defaults_) {
        take_by_default(line, out);
    }
    std::uint64_t steps = most_attribute_steps;
    line_pattern::match match;
    for (const auto& each : patterns_) {
        for (std::size_t from = 0; from <= line.size() && out.size() < most_attributes_of_a_line &&
                                   each.pattern.search(line, from, match, steps);) {
            for (const auto& [key, text] : texts_of_match(each.name, each.pattern, match)) {
                if (!key.empty() && key.size() <= longest_attribute_key) {
                    out.push_back({std::string(key), std::string(text)});
                }
            }
            from = match.end > match.begin ? match.end : match.end + 1;
        }
    }
    return out;
}

void line_attributes::take_by_default(std::string_view line, std::vector<text_point>& found) const {
    const auto key_end = line.find_first_of(blanks);
    if (key_end == line.npos || key_end < 2 || line[key_end - 1] != ':' ||
        key_end > longest_attribute_key) {
        return;
    }
    const auto key = line.substr(0, key_end - 1);
    const auto value = line.substr(line.find_first_not_of(blanks, key_end));
    if (is_default_key(key) && !ignored_.contains(key) &&
        value.find_first_of(blanks) == value.npos) {
        found.push_back({std::string(key), std::string(value)});
    }
}

} // namespace outrider
