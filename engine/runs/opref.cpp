#include "engine/runs/opref.hpp"

#include "engine/text/shell_words.hpp"

#include <algorithm>
#include <array>

namespace outrider {

result<opref> parse_opref(std::string_view text) {
    auto words = shell_split(text);
    if (!words || words->size() != 4) {
        return failure(errc::bad_input, "not an opref: '" + std::string(text) + "'");
    }
    std::string& first = words->front();
    const auto colon = first.find(':');
    if (colon == std::string::npos) {
        return failure(errc::bad_input, "not an opref: '" + std::string(text) + "'");
    }
    return opref{.pkg_type = first.substr(0, colon),
                 .pkg_name = first.substr(colon + 1),
                 .version = std::move((*words)[1]),
                 .model = std::move((*words)[2]),
                 .op = std::move((*words)[3])};
}

std::string format_opref(const opref& ref) {
    return shell_quote(ref.pkg_type) + ":" + shell_quote(ref.pkg_name) + " " +
           shell_quote(ref.version) + " " + shell_quote(ref.model) + " " + shell_quote(ref.op);
}

std::string operation_text(const opref& ref) {
    static constexpr std::array<std::string_view, 5> plain{"guildfile", "script", "builtin",
                                                           "import", "test"};
    const std::string name = ref.model.empty() ? ref.op : ref.model + ":" + ref.op;
    if (ref.pkg_type == "package") {
        return ref.pkg_name + "/" + name;
    }
    if (std::find(plain.begin(), plain.end(), ref.pkg_type) != plain.end()) {
        return name;
    }
    if (ref.pkg_type == "pending") {
        return ref.op;
    }
    return ref.pkg_type == "func" ? ref.op + "()" : "?";
}

} // namespace outrider
