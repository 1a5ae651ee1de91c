#pragma once

#include "cli/invocation.hpp"

#include <string_view>

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
void add_models(CLI::App& parent, invocation& into);
void add_init(CLI::App& parent, invocation& into);
void add_runs(CLI::App& parent, invocation& into);
void add_info(CLI::App& parent, invocation& into);
void add_rm(CLI::App& parent, invocation& into);
void add_restore(CLI::App& parent, invocation& into);
void add_purge(CLI::App& parent, invocation& into);
void add_select(CLI::App& parent, invocation& into);
void add_diff(CLI::App& parent, invocation& into);
void add_compare(CLI::App& parent, invocation& into);
void add_tensorboard(CLI::App& parent, invocation& into);
void add_ls(CLI::App& parent, invocation& into);
void add_cat(CLI::App& parent, invocation& into);
void add_open(CLI::App& parent, invocation& into);
void add_label(CLI::App& parent, invocation& into);
void add_tag(CLI::App& parent, invocation& into);
void add_mark(CLI::App& parent, invocation& into);
void add_comment(CLI::App& parent, invocation& into);
void add_export(CLI::App& parent, invocation& into);
void add_import(CLI::App& parent, invocation& into);
void add_archive(CLI::App& parent, invocation& into);
void add_merge(CLI::App& parent, invocation& into);
void add_download(CLI::App& parent, invocation& into);
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

/// Where a command stands in the tree, and below which heading the help shows it.
enum class verb_group {
    start_and_follow,
    look,
    describe,
    keep,
    remotes,
    service,
    help,
    of_runs, ///< below `runs`, which is made before
};

struct verb_row {
    verb_group group;
    std::string_view name;
    void (*add)(CLI::App& parent, invocation& into);
    std::string_view alias; ///< another name; may be empty
};

/// Every command, in the order that the help shows within a heading.
inline constexpr verb_row verb_rows[] = {
    {verb_group::start_and_follow, "run", add_run, ""},
    {verb_group::start_and_follow, "operations", add_operations, "ops"},
    {verb_group::start_and_follow, "models", add_models, ""},
    {verb_group::start_and_follow, "watch", add_watch, ""},
    {verb_group::start_and_follow, "wait", add_wait, ""},
    {verb_group::start_and_follow, "stop", add_stop, ""},

    {verb_group::look, "runs", add_runs, ""},
    {verb_group::look, "compare", add_compare, ""},
    {verb_group::look, "tensorboard", add_tensorboard, ""},
    {verb_group::look, "ls", add_ls, ""},
    {verb_group::look, "cat", add_cat, ""},
    {verb_group::look, "diff", add_diff, ""},
    {verb_group::look, "open", add_open, ""},
    {verb_group::look, "select", add_select, ""},

    {verb_group::describe, "label", add_label, ""},
    {verb_group::describe, "tag", add_tag, ""},
    {verb_group::describe, "mark", add_mark, ""},
    {verb_group::describe, "comment", add_comment, ""},

    {verb_group::keep, "export", add_export, ""},
    {verb_group::keep, "import", add_import, ""},
    {verb_group::keep, "archive", add_archive, ""},
    {verb_group::keep, "merge", add_merge, ""},
    {verb_group::keep, "download", add_download, ""},

    {verb_group::remotes, "pull", add_pull, ""},
    {verb_group::remotes, "push", add_push, ""},
    {verb_group::remotes, "sync", add_sync, ""},
    {verb_group::remotes, "remotes", add_remotes, ""},
    {verb_group::remotes, "remote", add_remote, ""},
    {verb_group::remotes, "check", add_check, ""},
    {verb_group::remotes, "doctor", add_doctor, ""},

    {verb_group::service, "serve", add_serve, ""},
    {verb_group::service, "notify", add_notify, ""},
    {verb_group::service, "jobs", add_jobs, ""},

    {verb_group::help, "help", add_help, ""},
    {verb_group::help, "init", add_init, ""},
    {verb_group::help, "completion", add_completion, ""},

    {verb_group::of_runs, "info", add_info, ""},
    {verb_group::of_runs, "rm", add_rm, "delete"},
    {verb_group::of_runs, "restore", add_restore, ""},
    {verb_group::of_runs, "purge", add_purge, ""},
    {verb_group::of_runs, "label", add_label, ""},
    {verb_group::of_runs, "tag", add_tag, ""},
    {verb_group::of_runs, "mark", add_mark, ""},
    {verb_group::of_runs, "comment", add_comment, ""},
    {verb_group::of_runs, "stop", add_stop, ""},
    {verb_group::of_runs, "diff", add_diff, ""},
    {verb_group::of_runs, "select", add_select, ""},
    {verb_group::of_runs, "pull", add_pull, ""},
    {verb_group::of_runs, "push", add_push, ""},
    {verb_group::of_runs, "export", add_export, ""},
    {verb_group::of_runs, "import", add_import, ""},
};

} // namespace outrider::cli
