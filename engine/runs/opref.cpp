#include "engine/runs/opref.hpp"

#include "engine/text/shell_words.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace outrider {

namespace {

constexpr std::size_t opref_words = 4;

std::optional<opref> opref_of_words(std::span<std::string> words) {
    const std::string& first = words.front();
    const auto colon = first.find(':');
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    return opref{.pkg_type = first.substr(0, colon),
                 .pkg_name = first.substr(colon + 1),
                 .version = std::move(words[1]),
                 .model = std::move(words[2]),
                 .op = std::move(words[3]),
                 .proto = {}};
}

} // namespace

result<opref> parse_opref(std::string_view text) {
    auto words = shell_split(text);
    const bool is_batch = words && words->size() == 2 * opref_words;
    if (!words || (words->size() != opref_words && !is_batch)) {
        return failure(errc::bad_input, "not an opref: '" + std::string(text) + "'");
    }
    const std::span all(*words);
    auto own = opref_of_words(all.first(opref_words));
    const auto proto = is_batch ? opref_of_words(all.last(opref_words)) : std::nullopt;
    if (!own || (is_batch && !proto)) {
        return failure(errc::bad_input, "not an opref: '" + std::string(text) + "'");
    }
    if (proto) {
        own->proto = operation_text(*proto);
    }
    return std::move(*own);
}

std::string format_opref(const opref& ref) {
    return shell_quote(ref.pkg_type) + ":" + shell_quote(ref.pkg_name) + " " +
           shell_quote(ref.version) + " " + shell_quote(ref.model) + " " + shell_quote(ref.op);
}

namespace {

std::string own_operation_text(const opref& ref) {
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

} // namespace

std::string operation_text(const opref& ref) {
    const std::string own = own_operation_text(ref);
    return ref.proto.empty() ? own : ref.proto + (own.starts_with('+') ? "" : "+") + own;
}

} // namespace outrider
