#include "engine/project/flag_text.hpp"

#include "engine/text/yaml_value.hpp"

#include <boost/json/array.hpp>

#include <optional>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::int64_t most_repeats = 10'000;

std::string_view without_spaces(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// `[1, 2]*3`
std::optional<json::value> repeated_list(std::string_view text) {
    const auto star = text.rfind('*');
    if (!text.starts_with('[') || star == std::string_view::npos || star == 0 ||
        without_spaces(text.substr(0, star)).back() != ']') {
        return std::nullopt;
    }
    const auto times = decode_plain_flag(text.substr(star + 1));
    const auto list = read_yaml(text.substr(0, star), "flag");
    const std::int64_t count = times && times->is_int64() ? times->get_int64() : -1;
    if (count < 0 || count > most_repeats || !list || !list->is_array()) {
        return std::nullopt;
    }
    json::array out;
    for (std::int64_t i = 0; i < count; ++i) {
        out.insert(out.end(), list->get_array().begin(), list->get_array().end());
    }
    return out;
}

} // namespace

json::value decode_flag(std::string_view text) {
    if (auto plain = decode_plain_flag(text)) {
        return std::move(*plain);
    }
    const std::string_view core = without_spaces(text);
    if (auto list = repeated_list(core)) {
        return std::move(*list);
    }
    auto value = read_yaml(core, "flag");
    // A comment behind it would be lost: then all of it is text.
    const bool whole = value && std::string_view("]}'\"").find(core.back()) != core.npos;
    return whole ? std::move(*value) : json::value(json::string(core));
}

json::value decode_flag_as(std::string_view text, std::string_view type) {
    return decode_typed(text, type, decode_flag);
}

} // namespace outrider
