#include "engine/project/output_test.hpp"

#include "engine/project/output_scalars.hpp"
#include "engine/scalars/line_scalars.hpp"
#include "engine/text/python_number.hpp"

#include <algorithm>

namespace outrider {
namespace {

/// Work that the patterns may do for a line; a person waits for it.
constexpr std::uint64_t most_work = 10'000'000;

/// One pattern, ready to be tried.
struct tried_pattern {
    std::string name; ///< of what it finds, or empty
    std::string text;
    line_pattern pattern;
    bool by_default = false; ///< it takes no names of flags
};

std::vector<tried_pattern> compile_all(const protocol::output_scalar_rules& rules,
                                       const std::vector<std::string>& defaults) {
    std::vector<tried_pattern> out;
    const auto add = [&](std::string name, const std::string& text, bool by_default) {
        if (auto compiled = line_pattern::compile(text)) {
            out.push_back({std::move(name), text, std::move(*compiled), by_default});
        }
    };
    for (const auto& text : rules.defaults ? defaults : std::vector<std::string>{}) {
        add("", text, true);
    }
    for (const auto& rule : rules.patterns) {
        add(rule.name, rule.pattern, false);
    }
    return out;
}

pattern_tested try_one(const tried_pattern& each, std::string_view line,
                       const std::vector<std::string>& ignored, bool attributes) {
    pattern_tested out{.pattern = each.text};
    line_pattern::match match;
    std::uint64_t work = most_work;
    for (std::size_t from = 0;
         from <= line.size() && each.pattern.search(line, from, match, work);) {
        out.matches.emplace_back(match.found.begin(), match.found.end());
        for (const auto& [key, text] : texts_of_match(each.name, each.pattern, match)) {
            const auto number = number_in(text);
            const bool is_flag =
                each.by_default && std::ranges::find(ignored, key) != ignored.end();
            if (!is_flag && (attributes || number)) {
                out.values.push_back(
                    {std::string(key), attributes ? std::string(text) : python_float(*number)});
            }
        }
        from = match.end > match.begin ? match.end : match.end + 1;
    }
    return out;
}

} // namespace

output_tested try_output_patterns(const operation_def& op, std::string_view text, bool attributes) {
    std::vector<std::string> flags;
    std::ranges::transform(op.flags, std::back_inserter(flags), &flag_def::name);
    std::vector<std::string> notes; // a pattern that cannot be used is missed in what follows
    auto rules = attributes ? output_attribute_rules_of(op.output_attrs, flags, notes)
                            : output_scalar_rules_of(op.output_scalars, flags, notes);
    if (!attributes && op.prints_by_keras) {
        add_keras_patterns(rules);
    }
    const auto patterns =
        compile_all(rules, attributes ? default_attribute_patterns() : default_scalar_patterns());
    output_tested out{.attributes = attributes, .disabled = patterns.empty()};
    while (!text.empty() && !out.disabled) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        line = line.substr(0, line.find_last_not_of(" \t\r\f\v") + 1);
        auto& tested = out.lines.emplace_back(line_tested{.line = std::string(line)});
        for (const auto& each : patterns) {
            tested.patterns.push_back(try_one(each, line, rules.ignored, attributes));
        }
    }
    return out;
}

} // namespace outrider
