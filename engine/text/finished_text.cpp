#include "engine/text/finished_text.hpp"

#include <string_view>

namespace outrider {

std::string finished_text(std::string text, const text_names& names) {
    const auto replace = [&text](std::string_view what, const std::string& by) {
        for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) {
            text.replace(at, what.size(), by);
        }
    };
    replace("{program}", names.program);
    replace("{command}", names.command);
    return text;
}

} // namespace outrider
