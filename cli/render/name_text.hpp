#pragma once

#include <string>
#include <string_view>

namespace outrider::cli {

/// A name in any bytes on one line, as `ls --escape` shows it but for spaces: `\n` and its like, a
/// backslash as `\\`, and other control bytes, or bytes that are no UTF-8, as `\ooo`.
[[nodiscard]] std::string name_text(std::string_view name);

} // namespace outrider::cli
