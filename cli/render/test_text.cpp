#include "cli/render/test_text.hpp"

#include "engine/text/python_number.hpp"

namespace outrider::cli {
namespace {

std::string lines_below(const char* heading, const std::vector<std::string>& items) {
    std::string out = std::string(heading) + ":\n";
    for (const auto& item : items) {
        out += "  " + item + "\n";
    }
    return out;
}

// The groups of a match as a Python tuple.
std::string tuple_text(const std::vector<std::string>& groups) {
    std::string out;
    for (const auto& group : groups) {
        out += (out.empty() ? "" : ", ") + python_string(group);
    }
    return "(" + out + (groups.size() == 1 ? ",)" : ")");
}

std::string found_text_of(const pattern_tested& pattern) {
    if (pattern.matches.empty()) {
        return "<no matches>";
    }
    std::string matches;
    for (const auto& groups : pattern.matches) {
        matches += (matches.empty() ? "" : ", ") + tuple_text(groups);
    }
    std::string values;
    for (const auto& value : pattern.values) {
        values += (values.empty() ? "" : ", ") + value.name + "=" + value.description;
    }
    return "[" + matches + "] (" + values + ")";
}

} // namespace

std::string flags_test_text(const flags_tested& tested) {
    const auto setting = [](const std::string& name, const std::string& value) {
        return name + ":" + (value.empty() ? "" : " ") + value + "\n";
    };
    std::string out = setting("flags-dest", tested.flags_dest) +
                      setting("flags-import", tested.flags_import) + "flags:\n";
    for (const auto& flag : tested.flags) {
        out += "  " + flag.name + ":\n";
        for (const auto& [name, value] : flag.settings) {
            out += "    " + setting(name, value);
        }
    }
    return out;
}

std::string sourcecode_test_text(const sourcecode_tested& tested) {
    std::string out = "Copying from " +
                      (tested.root.empty() ? "the current directory" : "'" + tested.root + "'") +
                      "\n" + lines_below("Rules", tested.rules);
    if (tested.disabled) {
        return out + "Source code copy disabled\n";
    }
    return out + lines_below("Selected for copy", tested.selected) +
           lines_below("Skipped", tested.skipped);
}

std::string output_test_text(const output_tested& tested) {
    if (tested.disabled) {
        return std::string("Output ") + (tested.attributes ? "attrs" : "scalars") +
               " disabled, nothing to test\n";
    }
    std::string out;
    for (const auto& line : tested.lines) {
        out += line.line + "\n";
        for (const auto& pattern : line.patterns) {
            out += "  " + python_string(pattern.pattern) + ": " + found_text_of(pattern) + "\n";
        }
    }
    return out;
}

} // namespace outrider::cli
