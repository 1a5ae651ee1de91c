#pragma once

#include "engine/project/chosen_operation.hpp"

namespace outrider {

/// The operation that a file is: a Python script, whose flags are those of the module, or an
/// executable file, which has none. Nothing if there is no such file; a failure for one that can be
/// neither.
[[nodiscard]] result<std::optional<chosen_operation>>
script_operation(const command_context& context, const std::string& name);

} // namespace outrider
