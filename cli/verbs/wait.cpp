#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

#include <CLI/Error.hpp>

namespace outrider::cli {
namespace {

const verb_help wait_help = {
    .summary = "Wait until runs have ended.",
    .details = "Without RUN, all running ones are waited for. Ends as the run did: with its exit\n"
               "code, 128 + N where the signal N ended it; of several runs, with the first code\n"
               "that is not 0. A run that ended without an exit status counts as 1. When the\n"
               "timeout has passed, ends with 124. A staged run has not ended. A lost link is\n"
               "tried again.",
    .examples = "{program} wait 1\n"
                "{program} wait 3f2a 77c0 --any -r gpu1\n"
                "{program} wait --timeout 3600 && echo all well",
};

void check_wait(wait_command& made, const CLI::App& verb) {
    if (made.any && verb.count("--all") > 0) {
        throw CLI::ValidationError("--any and --all exclude each other");
    }
    if (made.timeout_seconds && !(*made.timeout_seconds >= 0)) {
        throw CLI::ValidationError("--timeout: a number of seconds from 0 is needed");
    }
}

} // namespace

void add_wait(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "wait", wait_help, into);
    auto& made = command_of<wait_command>(*verb, into, check_wait);
    add_runs_argument(*verb, made.selection, "Runs to wait for");
    verb->add_flag("--any", made.any, "Wait until one of the runs has ended");
    verb->add_flag("--all")->description("Wait until all of them have (the default)");
    verb->add_option("--timeout", made.timeout_seconds, "Wait that long at most")
        ->option_text("SECONDS");
    add_remote_option(*verb, made.remote, "Wait for runs of a remote");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
