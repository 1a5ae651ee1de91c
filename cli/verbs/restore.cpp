#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help restore_help = {
    .summary = "Restore deleted runs.",
    .details = "Without RUN, all runs of the trash are restored. '{program} runs list --deleted'\n"
               "shows them; RUN is an index of that list, a run id, or the start of one.",
    .examples = "{program} runs restore 1\n"
                "{program} runs restore 3f2a -r gpu1\n"
                "{program} runs restore -y",
};

} // namespace

void add_restore(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "restore", restore_help, into);
    auto& made = command_of<restore_command>(*verb, into);
    add_runs_argument(*verb, made.selection, "Deleted runs to restore");
    add_remote_option(*verb, made.remote, "Restore runs of a remote");
    add_yes_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
