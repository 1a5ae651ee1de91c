#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help compare_help = {
    .summary = "Compare the flags and scalars of runs.",
    .details =
        "Shows a table with a row for each run: what it is, its flags, and the last values\n"
        "of its scalars. On a terminal it is made to fit and paged; --table never cuts.\n"
        "\n"
        "COLS names columns, with commas between them: '=FLAG', '.ATTRIBUTE', or a scalar,\n"
        "'[min|max|first|last|avg|total|count] SCALAR [step]', each with 'as HEADING' if it\n"
        "is to be called otherwise. 'compare' of an operation in guild.yml names the columns\n"
        "of its runs. --min and --max name a column by its heading.\n"
        "\n"
        "-r is --skip-core, as in Guild: runs of remotes are compared with --remote.",
    .examples = "{program} compare\n"
                "{program} compare --table --min loss --top 10\n"
                "{program} compare -t -cc '=lr, min val#loss as best, min val#loss step as at'\n"
                "{program} compare --csv runs.csv -Fo train\n"
                "{program} compare --remote gpu1,gpu2 --min loss",
};

// For whoever looks at it, it is paged.
void set_page(invocation& into, const compare_command& made) {
    into.page = !made.table && !made.csv && !into.json && !made.print_scalars;
}

} // namespace

void add_compare(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "compare", compare_help, into);
    auto& made = command_of<compare_command>(
        *verb, into, [&into](compare_command& one, const CLI::App&) { set_page(into, one); });
    add_runs_argument(*verb, made.selection, "Runs to compare");
    take_remotes(*verb->add_option("--remote", made.remote, "Compare runs of remotes"))
        ->option_text("REMOTE");
    verb->add_flag("-t,--table", made.table, "Show a table that is neither cut nor paged");
    verb->add_option("--csv", made.csv, "Write CSV to PATH; - for standard output")
        ->option_text("PATH");
    verb->add_option("-c,--cols", made.columns, "Show further columns")->option_text("COLS");
    verb->add_option("--strict-cols", made.strict_columns,
                     "Show only these columns, beside the run; short: -cc")
        ->option_text("COLS");
    verb->add_flag("-e,--extra-cols", made.extra_columns, "Show the source code's digest as well");
    verb->add_flag("-s,--all-scalars", made.all_scalars, "Show scalars of the system as well");
    verb->add_flag("-p,--skip-op-cols", made.skip_operation, "Leave out the columns of operations");
    verb->add_flag("-r,--skip-core", made.skip_core, "Leave out the core columns but the run");
    verb->add_flag("-u,--skip-unchanged", made.skip_unchanged,
                   "Leave out columns that are the same in all rows");
    verb->add_option("-n,--limit,--top", made.limit, "Show the first N rows")
        ->check(whole_number(1))
        ->option_text("N");
    verb->add_option("--min", made.min, "Sort by a column, the least first")
        ->option_text("HEADING");
    verb->add_option("--max", made.max, "Sort by a column, the greatest first")
        ->option_text("HEADING");
    verb->add_flag("--include-batch", made.include_batch, "Show batches as well as their trials");
    verb->add_flag("--print-scalars", made.print_scalars, "List the scalars that there are");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
