#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help purge_help = {
    .summary = "Remove deleted runs for good.",
    .details =
        "Without RUN, the whole trash is emptied. '{program} runs list --deleted' shows it;\n"
        "RUN is an index of that list, a run id, or the start of one.",
    .examples = "{program} runs purge\n"
                "{program} runs purge 3: -y\n"
                "{program} runs purge -r gpu1",
};

} // namespace

void add_purge(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "purge", purge_help, into);
    auto& made = command_of<purge_command>(*verb, into);
    add_runs_argument(*verb, made.selection, "Deleted runs to remove");
    add_remote_option(*verb, made.remote, "Remove deleted runs of a remote");
    add_yes_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
