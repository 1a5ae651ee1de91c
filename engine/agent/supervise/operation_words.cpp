#include "engine/agent/supervise/operation_words.hpp"

#include <algorithm>
#include <utility>

namespace outrider::agent {

operation_words words_to_execute(std::vector<std::string> command, std::string_view python_path,
                                 std::string_view support_prefix) {
    operation_words out{.words = std::move(command)};
    auto& words = out.words;
    if (words.size() < 3 || words[1] != "-um" || words[2] != "guild.op_main") {
        return out;
    }
    std::string absolute; // places that are relative belong to the run: to the project's files
    std::string support;
    for (std::string_view rest = python_path; !rest.empty();) {
        const std::string_view place = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(rest.size(), place.size() + 1));
        if (place.starts_with('/')) {
            absolute += (absolute.empty() ? "" : ":") + std::string(place);
        }
        if (support.empty() && place.starts_with(support_prefix)) {
            support = place;
        }
    }
    if (support.empty()) {
        return out;
    }
    words[1] = "-u";
    words[2] = support + "/guild/op_start.py";
    out.variables = {{"PYTHONPATH", std::move(absolute)},
                     {"GUILD_PYTHONPATH", std::string(python_path)}};
    return out;
}

} // namespace outrider::agent
