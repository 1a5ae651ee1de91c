#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

#include <CLI/Error.hpp>

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Follow the output of a run until it ends.",
    .details =
        "Without RUN, the newest running one is followed. Interrupting a watch never stops\n"
        "the run. PID is the id of an operation's process, a file that holds one, or\n"
        "RUN_DIR/.guild/JOB. TIME is 90s, 10m, 2h or 1d ago, or 12:30, 2026-01-31 or\n"
        "'2026-01-31 12:30' here. With NO_WATCHING_MSG=1 in the environment, the first line\n"
        "is left out.",
    .examples = "{program} watch\n"
                "{program} watch 1 -r gpu1\n"
                "{program} watch 1 --tail 20\n"
                "{program} watch --since 10m -r gpu1",
};

void check(watch_command& made, const CLI::App& verb) {
    if (!made.pid.empty() && !made.selection.runs.empty()) {
        throw CLI::ValidationError("RUN and -p/--pid exclude each other");
    }
    if (verb.count("--tail") + verb.count("--since") > 1) {
        throw CLI::ValidationError("--tail and --since exclude each other");
    }
}

} // namespace

void add_watch(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "watch", help, into);
    auto& made = command_of<watch_command>(*verb, into, check);
    add_run_argument(*verb, made.selection, "Run to follow");
    verb->add_option("-p,--pid", made.pid, "Follow the run of a process")->option_text("PID");
    verb->add_option("--tail", made.tail, "Begin with the last N lines")
        ->check(whole_number(0))
        ->option_text("N");
    verb->add_option("--since", made.since, "Begin with the lines since then")->option_text("TIME");
    add_remote_option(*verb, made.remote, "Follow a run of a remote");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
