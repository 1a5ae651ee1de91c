#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help pull_help = {
    .summary = "Copy runs from a remote.",
    .details = "Without RUN, all runs there are copied; indexes are those of the remote's list.\n"
               "Runs that are here already are brought up to date.",
    .examples = "{program} pull gpu1\n"
                "{program} pull gpu1 1:3 -y\n"
                "{program} pull gpu1 3f2a --delete\n"
                "{program} pull gpu1 --dry-run",
};

} // namespace

void add_pull(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "pull", pull_help, into);
    auto& made = command_of<pull_command>(*verb, into);
    take_remotes(*verb->add_option("REMOTE", made.remote, "Remote to copy from"))
        ->required()
        ->option_text("REMOTE");
    add_runs_argument(*verb, made.selection, "Runs to copy");
    verb->add_flag("-d,--delete", made.delete_extra, "Delete files here that are gone there");
    add_dry_run_option(*verb, made.dry_run);
    add_yes_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
