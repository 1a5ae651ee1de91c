#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

#include <CLI/Error.hpp>

namespace outrider::cli {
namespace {

const verb_help cat_help = {
    .summary = "Show a file, or the output, of a run.",
    .details =
        "Without RUN, the newest run is meant. The bytes go to standard output as they are.\n"
        "The pager is $PAGER, or less; it is used on a terminal only.",
    .examples = "{program} cat -p results.json\n"
                "{program} cat 2 -p .guild/attrs/flags -r gpu1\n"
                "{program} cat -sp train.py --page\n"
                "{program} cat --output",
};

void check_source(cat_command& made, const CLI::App&) {
    if (!made.path.empty() && made.output) {
        throw CLI::ValidationError("-p/--path and -O/--output exclude each other");
    }
}

} // namespace

void add_cat(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "cat", cat_help, into);
    auto& made = command_of<cat_command>(*verb, into, check_source);
    add_run_argument(*verb, made.selection, "Run whose file is shown");
    verb->add_option("-p,--path", made.path, "File, relative to the run")->option_text("PATH");
    verb->add_flag("-s,--sourcecode", made.sourcecode, "PATH is relative to the source code");
    verb->add_flag("-O,--output", made.output, "Show the output of the run");
    verb->add_flag("--page", into.page, "Show it in a pager; short: -pa");
    add_remote_option(*verb, made.remote, "Show a file of a remote's run");
    add_group_option(*verb, into);
}

} // namespace outrider::cli
