#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help rm_help = {
    .summary = "Delete runs.",
    .details = "Without RUN, all runs are deleted. Deleted runs go to the trash of the Guild home\n"
               "unless --permanent is used.",
    .examples = "{program} runs rm 3\n"
                "{program} runs rm 2:5 -r gpu1\n"
                "{program} runs rm --permanent -y",
};

} // namespace

void add_rm(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "rm", rm_help, into);
    auto& made = command_of<delete_command>(*verb, into);
    add_runs_argument(*verb, made.selection, "Runs to delete");
    add_remote_option(*verb, made.remote, "Delete runs of a remote");
    verb->add_flag("-p,--permanent", made.permanent, "Remove for good instead of to the trash");
    add_yes_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
