#pragma once

#include "engine/core/result.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace outrider {

/// Finds what `${NAME}` stands for; nothing: unknown.
using reference_lookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Replaces each `${NAME}` that is known, once: what is put in is not searched again. Unknown ones
/// stay as they are.
[[nodiscard]] std::string resolve_references(std::string_view text, const reference_lookup& lookup);

/// The name if the text is one `${NAME}` and nothing else.
[[nodiscard]] std::optional<std::string> whole_reference(std::string_view text);

} // namespace outrider
