#include "engine/text/references.hpp"

namespace outrider {

std::string resolve_references(std::string_view text, const reference_lookup& lookup) {
    std::string out;
    while (true) {
        const auto start = text.find("${");
        const auto end = start == text.npos ? text.npos : text.find('}', start);
        if (end == text.npos) {
            return out.append(text);
        }
        out.append(text.substr(0, start));
        const std::string name(text.substr(start + 2, end - start - 2));
        if (const auto value = lookup(name)) {
            out += *value;
        } else {
            out.append(text.substr(start, end - start + 1));
        }
        text.remove_prefix(end + 1);
    }
}

std::optional<std::string> whole_reference(std::string_view text) {
    if (text.size() < 4 || !text.starts_with("${") || text.find('}') != text.size() - 1) {
        return std::nullopt;
    }
    return std::string(text.substr(2, text.size() - 3));
}

} // namespace outrider
