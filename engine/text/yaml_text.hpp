#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace outrider {

/// A value as Guild writes it to `attrs/`: PyYAML's block style, keys sorted, strings quoted where
/// they would read back as something else, folded at 80 columns, one final line feed. Characters
/// beyond ASCII are escaped, as PyYAML does by default.
[[nodiscard]] std::string yaml_text(const boost::json::value& value);

/// A value in YAML flow style (`[a, b]`, `{k: v}`, `'1'`) as Guild encodes flag values; no final
/// line feed.
[[nodiscard]] std::string yaml_flow(const boost::json::value& value);

} // namespace outrider
