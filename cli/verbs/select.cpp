#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help select_help = {
    .summary = "Print the ids of runs, or attributes of them.",
    .details =
        "Without options, prints the id of the newest run; with RUN, of the newest of those.\n"
        "COL is '=FLAG', '.ATTRIBUTE', or a scalar: '[first|last|min|max|avg|total|count]\n"
        "SCALAR [step]', its last value unless told otherwise. A plain name that no run logged\n"
        "as a scalar is taken for a flag, then for an attribute.",
    .examples = "{program} select --min loss\n"
                "{program} select --all --short-id -r gpu1\n"
                "{program} select --max 'max accuracy' --attr label\n"
                "{program} cat -p model.json $({program} select --min =lr)",
};

} // namespace

void add_select(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "select", select_help, into);
    auto& made = command_of<select_command>(*verb, into);
    add_runs_argument(*verb, made.selection, "Runs to select from");
    add_remote_option(*verb, made.remote, "Select runs of a remote");
    add_group_option(*verb, into);
    verb->add_flag("-A,--all", made.all, "Print all runs that match, in their order");
    verb->add_option("--min", made.min, "Select the run with the least value of COL")
        ->option_text("COL");
    verb->add_option("--max", made.max, "Select the run with the greatest value of COL")
        ->option_text("COL");
    verb->add_flag("-s,--short-id", made.short_id, "Print ids of 8 characters");
    verb->add_option("-a,--attr", made.attribute, "Print this attribute instead of the id")
        ->option_text("NAME");
    verb->add_flag("-p,--path,-d,--dir", made.path,
                   "Print the directory of the run instead of the id");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
