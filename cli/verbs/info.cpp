#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help info_help = {
    .summary = "Show everything about a run.",
    .details =
        "Without RUN, the newest run is shown: what it ran, when, how it ended, its flags and\n"
        "the last values of the scalars that it logged (of TensorBoard event files below its\n"
        "directory, and of lines 'KEY: NUMBER' of its output). More is shown on request.",
    .examples = "{program} runs info\n"
                "{program} runs info 2 -r gpu1 --env\n"
                "{program} runs info 3f2a --json",
};

} // namespace

void add_info(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "info", info_help, into);
    auto& made = command_of<info_command>(*verb, into);
    add_run_argument(*verb, made.selection, "Run to show");
    add_remote_option(*verb, made.remote, "Show a run of a remote");
    add_group_option(*verb, into);
    verb->add_flag("-c,--comments", made.comments, "Show its comments as well");
    verb->add_flag("-e,--env", made.environment, "Show its environment as well");
    verb->add_flag("-m,--manifest", made.manifest,
                   "Show which files are its source code and its dependencies");
    verb->add_flag("-d,--deps", made.dependencies, "Show what its dependencies resolved to");
    verb->add_flag("-p,--plugins", made.plugins, "Show the plug-ins it ran with");
    verb->add_flag("-a,--all-scalars", made.all_scalars,
                   "Show first, least, greatest and mean values too, and scalars of the system");
    verb->add_flag("--deleted", made.deleted, "Show a deleted run");
    add_json_option(*verb, into);
    verb->add_flag("--private-attrs", made.private_attrs)->group(""); // what Guild's remotes ask
}

} // namespace outrider::cli
