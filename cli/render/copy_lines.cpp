#include "cli/render/copy_lines.hpp"

namespace outrider::cli {

std::string copy_lines(const run_copying& copied, const invocation& asked) {
    const bool syncs = std::holds_alternative<sync_command>(asked.what);
    return (syncs ? "Syncing " : "Copying ") + copied.run_id + "\n";
}

std::string copy_lines(const run_resolving& looked_up) {
    return "Resolving run on " + looked_up.remote + "\n";
}

} // namespace outrider::cli
