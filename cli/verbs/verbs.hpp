#pragma once

#include "cli/invocation.hpp"
#include "cli/verbs/needed_verbs.hpp"

namespace CLI {
class App;
}

namespace outrider::cli {

/// Each adds one command to `parent`: its options, its help, and what makes the engine's command of
/// them. `into` is filled in while the command line is parsed; both must live that long.
void add_run(CLI::App& parent, invocation& into);
void add_watch(CLI::App& parent, invocation& into);
void add_wait(CLI::App& parent, invocation& into);
void add_stop(CLI::App& parent, invocation& into);
void add_operations(CLI::App& parent, invocation& into);
void add_runs(CLI::App& parent, invocation& into, const needed_verbs& needed);
void add_info(CLI::App& parent, invocation& into);
void add_rm(CLI::App& parent, invocation& into);
void add_restore(CLI::App& parent, invocation& into);
void add_purge(CLI::App& parent, invocation& into);
void add_select(CLI::App& parent, invocation& into);
void add_diff(CLI::App& parent, invocation& into);
void add_ls(CLI::App& parent, invocation& into);
void add_cat(CLI::App& parent, invocation& into);
void add_open(CLI::App& parent, invocation& into);
void add_label(CLI::App& parent, invocation& into);
void add_tag(CLI::App& parent, invocation& into);
void add_mark(CLI::App& parent, invocation& into);
void add_comment(CLI::App& parent, invocation& into);
void add_pull(CLI::App& parent, invocation& into);
void add_push(CLI::App& parent, invocation& into);
void add_sync(CLI::App& parent, invocation& into);
void add_remotes(CLI::App& parent, invocation& into);
void add_remote(CLI::App& parent, invocation& into);
void add_check(CLI::App& parent, invocation& into);
void add_doctor(CLI::App& parent, invocation& into);
void add_serve(CLI::App& parent, invocation& into);
void add_notify(CLI::App& parent, invocation& into);
void add_jobs(CLI::App& parent, invocation& into);
void add_help(CLI::App& parent, invocation& into);
void add_completion(CLI::App& parent, invocation& into);

} // namespace outrider::cli
