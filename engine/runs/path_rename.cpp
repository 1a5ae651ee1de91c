#include "engine/runs/path_rename.hpp"

#include "engine/runs/run_paths.hpp"

#include <cctype>
#include <regex>

namespace outrider {
namespace {

bool is_ascii_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// `\1` and `\g<1>` become `$1`; a `$` is one.
std::string replacement_of(const std::string& python) {
    std::string out;
    for (std::size_t at = 0; at < python.size(); ++at) {
        const bool escape = python[at] == '\\' && at + 1 < python.size();
        if (python[at] == '$') {
            out += "$$";
        } else if (escape && is_ascii_digit(python[at + 1])) {
            out += '$';
        } else if (escape && python.compare(at, 3, "\\g<") == 0) {
            const auto end = python.find('>', at);
            out += "$" + python.substr(at + 3, end == std::string::npos ? end : end - at - 3);
            at = end == std::string::npos ? python.size() : end;
        } else if (escape) {
            out += python[++at];
        } else {
            out += python[at];
        }
    }
    return out;
}

} // namespace

std::string without_group_names(std::string pattern) {
    for (auto at = pattern.find("(?P<"); at != std::string::npos; at = pattern.find("(?P<", at)) {
        const auto end = pattern.find('>', at);
        if (end == std::string::npos) {
            break;
        }
        pattern.erase(at + 1, end - at);
    }
    return pattern;
}

result<std::string> renamed(std::string name, const std::vector<protocol::path_rename>& rules) {
    try {
        for (const auto& rule : rules) {
            auto changed =
                rule.pattern.empty()
                    ? rule.replacement
                    : std::regex_replace(name, std::regex(without_group_names(rule.pattern)),
                                         replacement_of(rule.replacement),
                                         std::regex_constants::format_first_only);
            if (changed != name) {
                name = std::move(changed);
                break;
            }
        }
    } catch (const std::regex_error& error) {
        return failure(errc::bad_input, std::string("invalid rename pattern: ") + error.what());
    }
    if (!is_safe_name(name) || name == ".guild") {
        return failure(errc::bad_input, "'" + name + "' is no file name");
    }
    return name;
}

} // namespace outrider
