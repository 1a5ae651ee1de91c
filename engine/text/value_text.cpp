#include "engine/text/value_text.hpp"

#include "engine/text/yaml_text.hpp"

namespace outrider {

std::string text_of(const boost::json::object& data, std::string_view key) {
    const auto* value = data.if_contains(key);
    if (value == nullptr || value->is_null() || value->is_array() || value->is_object()) {
        return {};
    }
    return value->is_string() ? std::string(value->get_string()) : yaml_flow(*value);
}

bool is_set(const boost::json::object& data, std::string_view key) {
    const auto* value = data.if_contains(key);
    return value != nullptr && !value->is_null() && !(value->is_bool() && !value->get_bool());
}

} // namespace outrider
