#pragma once

#include "cli/render/terminal.hpp"
#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// The table of `remotes`, sorted by name.
[[nodiscard]] std::string remotes_table(const remotes_listed& remotes, const terminal& screen);

/// What `remote status` says of a remote that answers; `verbose`: what it knows of the machine too.
[[nodiscard]] std::string remote_status_text(const remote_available& answer, bool verbose);

} // namespace outrider::cli
