#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace outrider::testing {

/// What is wrong with a JSON value by a definition of `cli/schema/outrider-1.json`, one problem a
/// line; empty if nothing is. Knows the part of JSON Schema that this file uses.
[[nodiscard]] std::string schema_problems(const boost::json::value& value,
                                          const std::string& definition);
/// The same by any schema whose references are to `known`.
[[nodiscard]] std::string schema_problems(const boost::json::value& value,
                                          const boost::json::object& schema,
                                          const boost::json::object& known);
/// The same of JSON text.
[[nodiscard]] std::string schema_problems(const std::string& text, const std::string& definition);

} // namespace outrider::testing
