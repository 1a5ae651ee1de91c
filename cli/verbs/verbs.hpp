#pragma once

#include "cli/invocation.hpp"

namespace CLI {
class App;
}

namespace outrider::cli {

/// Each adds one command to `parent`: its options, its help, and what makes the engine's command of
/// them. `into` is filled in while the command line is parsed; both must live that long.
void add_run(CLI::App& parent, invocation& into);
void add_runs(CLI::App& parent, invocation& into);
void add_rm(CLI::App& parent, invocation& into);
void add_watch(CLI::App& parent, invocation& into);
void add_stop(CLI::App& parent, invocation& into);
void add_ls(CLI::App& parent, invocation& into);
void add_cat(CLI::App& parent, invocation& into);
void add_pull(CLI::App& parent, invocation& into);
void add_remotes(CLI::App& parent, invocation& into);
void add_remote(CLI::App& parent, invocation& into);

} // namespace outrider::cli
