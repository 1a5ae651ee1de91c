#pragma once

#include <boost/json/value.hpp>

#include <map>
#include <string>
#include <string_view>

namespace outrider {

/// The values of a mapping in YAML's block style as Guild writes one (`yaml_text`), for whoever has
/// no YAML reader: numbers, words and quoted text on one line. Members that are anything else
/// (lists, folded text) are left out, as is what no line of a mapping looks like.
[[nodiscard]] std::map<std::string, boost::json::value> read_flat_mapping(std::string_view text);

} // namespace outrider
