#pragma once

#include <string_view>

namespace outrider {

/// The Python program that reads the flags of a module (project/python/module_flags.py).
[[nodiscard]] std::string_view module_flags_script();

/// Changes whenever the script does.
[[nodiscard]] std::string_view module_flags_version();

} // namespace outrider
