#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

#include <CLI/Error.hpp>

namespace outrider::cli {
namespace {

const verb_help watch_help = {
    .summary = "Follow the output of runs until they end.",
    .details =
        "Without RUN, the newest running one is followed; with --all, or on several remotes,\n"
        "all that run. Lines of several runs begin with the remote and the run that they are\n"
        "of. A link that is lost is made anew, and the output goes on where it stopped.\n"
        "Interrupting a watch never stops a run. PID is the id of an operation's process, a file "
        "that holds one, or\n"
        "RUN_DIR/.guild/JOB. TIME is 90s, 10m, 2h or 1d ago, or 12:30, 2026-01-31 or\n"
        "'2026-01-31 12:30' here. With NO_WATCHING_MSG=1 in the environment, the first line\n"
        "is left out.",
    .examples = "{program} watch\n"
                "{program} watch 1 -r gpu1\n"
                "{program} watch 1 --tail 20\n"
                "{program} watch --since 10m -r gpu1\n"
                "{program} watch -r all\n"
                "{program} watch 1 3 -r gpu1,gpu2 --timestamps\n"
                "{program} watch --all --tail 5 --no-follow",
};

void check_watch(watch_command& made, const CLI::App& verb) {
    if (!made.pid.empty() && !made.selection.runs.empty()) {
        throw CLI::ValidationError("RUN and -p/--pid exclude each other");
    }
    if (verb.count("--tail") + verb.count("--since") > 1) {
        throw CLI::ValidationError("--tail and --since exclude each other");
    }
    if (made.all && (!made.pid.empty() || !made.selection.runs.empty())) {
        throw CLI::ValidationError("--all and RUN or -p/--pid exclude each other");
    }
}

} // namespace

void add_watch(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "watch", watch_help, into);
    auto& made = command_of<watch_command>(*verb, into, check_watch);
    add_runs_argument(*verb, made.selection, "Runs to follow");
    verb->add_option("-p,--pid", made.pid, "Follow the run of a process")->option_text("PID");
    verb->add_option("--tail", made.tail, "Begin with the last N lines")
        ->check(whole_number(0))
        ->option_text("N");
    verb->add_option("--since", made.since, "Begin with the lines since then")->option_text("TIME");
    verb->add_flag("--timestamps", made.timestamps,
                   "Begin each line with the time when it was written");
    verb->add_flag("--no-follow", made.no_follow, "Show what there is, and end");
    verb->add_flag("--all", made.all, "Follow all that run");
    add_remote_option(*verb, made.remote, "Follow runs of a remote");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
