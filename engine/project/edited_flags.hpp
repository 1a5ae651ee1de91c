#pragma once

#include "engine/api/commands.hpp"
#include "engine/core/result.hpp"

#include <string>
#include <vector>

namespace outrider {

/// The flags that a run would have, as YAML for a person to edit (`run --edit-flags`).
[[nodiscard]] result<std::string> editable_flags(const run_command& what,
                                                 const command_context& context);

/// What was edited, as NAME=VALUE arguments. Fails with `bad_input` if it is no mapping.
[[nodiscard]] result<std::vector<std::string>> edited_flags(const std::string& text);

} // namespace outrider
