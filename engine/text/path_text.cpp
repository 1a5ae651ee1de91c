#include "engine/text/path_text.hpp"

#include <cctype>
#include <filesystem>

namespace outrider {

std::string absolute_path(const std::string& path, const std::string& directory,
                          const std::string& home) {
    std::filesystem::path out = path;
    if (path == "~" || path.starts_with("~/")) {
        out = home + path.substr(1);
    }
    if (out.is_relative()) {
        out = std::filesystem::path(directory) / out;
    }
    std::string text = out.lexically_normal().string();
    if (text.size() > 1 && text.ends_with('/')) {
        text.pop_back();
    }
    return text;
}

std::string expand_variables(const std::string& text,
                             const std::map<std::string, std::string>& environment) {
    const auto is_name = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '$') {
            out.push_back(text[i++]);
            continue;
        }
        const bool braced = i + 1 < text.size() && text[i + 1] == '{';
        const std::size_t start = i + (braced ? 2 : 1);
        std::size_t end = start;
        while (end < text.size() && (braced ? text[end] != '}' : is_name(text[end]))) {
            ++end;
        }
        const auto found = environment.find(text.substr(start, end - start));
        const bool closed = !braced || end < text.size();
        const std::size_t next = end + (braced && closed ? 1 : 0);
        out += found != environment.end() && closed ? found->second : text.substr(i, next - i);
        i = next;
    }
    return out;
}

} // namespace outrider
