#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help sync_help = {
    .summary = "Bring copies of running runs up to date.",
    .details =
        "Copies what is new of runs that were running on a remote when they were last copied.\n"
        "Without RUN, all of them. A remote that does not answer, or is not configured any more,\n"
        "is said, and the others go on; the exit code is then 1.\n"
        "With --follow, files are copied as they are written, until the end of each run was\n"
        "copied. A lost link is made anew; Ctrl-C ends it, never the runs.",
    .examples = "{program} sync\n"
                "{program} sync 3f2a\n"
                "{program} sync --follow\n"
                "{program} sync --follow --interval 60",
};

} // namespace

void add_sync(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "sync", sync_help, into);
    auto& made = command_of<sync_command>(*verb, into);
    add_runs_argument(*verb, made.selection, "Runs to synchronize");
    verb->add_flag("-w,--watch,--follow", made.follow,
                   "Go on until none of them is running any more");
    verb->add_option("-n,--interval", made.interval_seconds,
                     "Seconds from one copy to the next with --follow, at least "
                     "(default: as files are written)")
        ->check(whole_number(1))
        ->option_text("SECONDS");
    verb->add_flag("--standing", made.standing,
                   "Let the service do it, also after it was started anew; with --follow");
    add_dry_run_option(*verb, made.dry_run);
    add_remote_option(*verb, made.remote, "Only copies of runs of a remote");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
