#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help jobs_help = {
    .summary = "List or remove the standing jobs of the service.",
    .details = "These are notifications ('{program} notify') and lasting copies\n"
               "('{program} sync --follow --standing').",
    .examples = "{program} jobs\n"
                "{program} jobs rm 1f3a",
};

const verb_help rm_help = {
    .summary = "Remove standing jobs.",
    .details = "Runs, and copies that were made, stay as they are.",
    .examples = "{program} jobs rm 1f3a",
};

} // namespace

void add_jobs(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "jobs", jobs_help, into);
    verb->require_subcommand(0, 1);
    auto& listed = command_of<jobs_command>(*verb, into);
    add_json_option(*verb, into);

    auto* rm = add_verb(*verb, "rm", rm_help, into);
    rm->add_option("JOB", listed.remove, "Jobs to remove: ids, their beginnings, or names")
        ->required()
        ->option_text("JOB...");
    add_json_option(*rm, into);
}

} // namespace outrider::cli
