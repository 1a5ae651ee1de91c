#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Follow the output of a run until it ends.",
    .details = "Without RUN, the newest running one is followed. Interrupting a watch never stops\n"
               "the run.",
    .examples = "{program} watch\n"
                "{program} watch 1 -r gpu1",
};

} // namespace

void add_watch(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "watch", help, into);
    auto& made = command_of<watch_command>(*verb, into);
    add_run_argument(*verb, made.selection, "Run to follow");
    add_remote_option(*verb, made.remote, "Follow a run of a remote");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
