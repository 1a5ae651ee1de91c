#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help stop_help = {
    .summary = "Stop runs.",
    .details =
        "Without RUN, all running ones are stopped. Their processes are asked to end, those\n"
        "that they started as well; the command returns when they are gone.",
    .examples = "{program} stop 1\n"
                "{program} stop -r gpu1 -y\n"
                "{program} stop 3f2a --force --timeout 5",
};

} // namespace

void add_stop(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "stop", stop_help, into);
    auto& made = command_of<stop_command>(*verb, into);
    add_runs_argument(*verb, made.selection, "Runs to stop");
    add_remote_option(*verb, made.remote, "Stop runs of a remote");
    add_yes_option(*verb, into);
    verb->add_flag("-f,--force", made.force, "Kill what has not ended after the timeout");
    verb->add_option("--timeout", made.timeout_seconds, "Wait that long for processes to end")
        ->check(whole_number(0))
        ->option_text("SECONDS (30)");
    verb->add_flag("-n,--no-wait", made.no_wait, "Do not wait for processes to end");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
