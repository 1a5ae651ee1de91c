#include "cli/render/copy_lines.hpp"

namespace outrider::cli {

std::string copy_lines(const run_copying& copied, const invocation& asked) {
    const auto* sync = std::get_if<sync_command>(&asked.what);
    if (sync == nullptr) {
        return "Copying " + copied.run_id + "\n";
    }
    // A sync that follows says it again and again.
    return "Syncing " + copied.run_id + "\n" +
           (sync->follow ? "" : "Copying " + copied.run_id + "\n");
}

std::string copy_lines(const run_resolving& looked_up) {
    return "Resolving run on " + looked_up.remote + "\n";
}

} // namespace outrider::cli
