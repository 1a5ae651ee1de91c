#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help push_help = {
    .summary = "Copy runs to a remote.",
    .details = "Without RUN, all runs here are copied. Runs that are there already are brought up\n"
               "to date; one that is running there, or of which more is known there, is left out.",
    .examples = "{program} push gpu1\n"
                "{program} push gpu1 1:3 -y\n"
                "{program} push gpu1 3f2a --delete\n"
                "{program} push gpu1 --dry-run",
};

} // namespace

void add_push(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "push", push_help, into);
    auto& made = command_of<push_command>(*verb, into);
    verb->add_option("REMOTE", made.remote, "Remote to copy to")->required()->option_text("REMOTE");
    add_runs_argument(*verb, made.selection, "Runs to copy");
    verb->add_flag("-n,--delete", made.delete_extra, "Delete files there that are gone here");
    add_dry_run_option(*verb, made.dry_run);
    add_yes_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
