#pragma once

#include "cli/invocation.hpp"
#include "engine/api/events.hpp"

#include <cstdint>
#include <string>

namespace outrider::cli {

/// Whose files a list shows, and to whom.
struct file_list_root {
    std::string home; ///< of the person; contracted to `~`
    bool far = false; ///< another machine's: only the directory's name is shown
};

/// The text of `ls` (FORMAT.md 4.4).
[[nodiscard]] std::string file_list(const files_listed& files, const file_list_style& style,
                                    const file_list_root& place);

/// "1.5M": bytes with at most one place behind the point, in powers of 1024.
[[nodiscard]] std::string size_text(std::int64_t bytes);

} // namespace outrider::cli
