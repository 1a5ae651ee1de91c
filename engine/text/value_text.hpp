#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace outrider {

/// The text of a scalar member: strings as they are, numbers and booleans as written in YAML; empty
/// if it is missing, null or a collection.
[[nodiscard]] std::string text_of(const boost::json::object& data, std::string_view key);

/// Whether a member is there and neither null nor false.
[[nodiscard]] bool is_set(const boost::json::object& data, std::string_view key);

} // namespace outrider
