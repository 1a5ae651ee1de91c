#pragma once

#include "engine/search/flag_map.hpp"

#include <string>

namespace outrider {

/// The label of a run without a template: all flags that are not null, `NAME=VALUE` by name.
[[nodiscard]] std::string default_label(const flag_map& flags, const std::string& directory);

/// A label from a template: `${flag}`, `${default_label}`, with filters `${x|%.2f}`, `|default:V`,
/// `|basename`, `|unquote`. Unknown names become empty.
[[nodiscard]] std::string label_from(const std::string& text, const flag_map& flags,
                                     const std::string& directory);

} // namespace outrider
