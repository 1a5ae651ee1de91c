#include "engine/runs/manifest.hpp"

#include "engine/text/shell_words.hpp"

#include <filesystem>

namespace outrider {

std::string manifest_line(std::initializer_list<std::string> words) {
    std::string out;
    for (const auto& word : words) {
        out += (out.empty() ? "" : " ") + shell_quote(word);
    }
    return out + "\n";
}

std::vector<std::vector<std::string>> manifest_entries(std::string_view text) {
    std::vector<std::vector<std::string>> out;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        auto words = shell_split(line);
        if (words && words->size() >= 2 && words->front().size() == 1) {
            out.push_back(std::move(*words));
        }
    }
    return out;
}

run_manifest parse_manifest(std::string_view text) {
    run_manifest manifest;
    for (const auto& words : manifest_entries(text)) {
        // "./a" is "a"
        const auto path = std::filesystem::path(words[1]).lexically_normal().generic_string();
        switch (words.front().front()) {
        case 's':
            manifest.sourcecode.insert(path);
            break;
        case 'd':
            manifest.dependencies.insert(path);
            break;
        case 'i':
            manifest.internal.insert(path);
            break;
        default:
            break;
        }
    }
    return manifest;
}

bool covers(const std::set<std::string>& entries, std::string_view path) {
    for (;;) {
        if (entries.contains(std::string(path))) {
            return true;
        }
        const auto slash = path.rfind('/');
        if (slash == path.npos) {
            return false;
        }
        path = path.substr(0, slash);
    }
}

} // namespace outrider
