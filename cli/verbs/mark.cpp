#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help mark_help = {
    .summary = "Mark runs.",
    .details =
        "Without RUN, the newest run is meant. Marked runs show '[marked]' in listings, and\n"
        "resolve the operations that other runs require.",
    .examples = "{program} mark\n"
                "{program} mark 3f2a -r gpu1\n"
                "{program} mark 1 --clear",
};

} // namespace

void add_mark(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "mark", mark_help, into);
    auto& made = command_of<mark_command>(*verb, into);
    add_runs_argument(*verb, made.selection, "Runs to mark");
    verb->add_flag("-c,--clear", made.clear, "Remove the mark");
    add_remote_option(*verb, made.remote, "Mark runs of a remote");
    add_yes_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
