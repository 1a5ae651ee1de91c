#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

constexpr std::int64_t page_rows = 20;

const verb_help runs_help = {
    .summary = "Show and manage runs.",
    .details = "Without COMMAND, lists runs: the options of '{program} runs list' apply.",
    .examples = "{program} runs\n"
                "{program} runs -r gpu1 --all\n"
                "{program} runs rm 2:5",
};

const verb_help list_help = {
    .summary = "List runs, newest first.",
    .details =
        "RUN is an index of the list, a range of them (2:5, :3, 4:), a run id, or the start\n"
        "of one; without RUN, all runs are listed, the first 20 of them unless told\n"
        "otherwise. A run that was copied from a remote where it still runs shows as\n"
        "'running (REMOTE)'.",
    .examples = "{program} runs\n"
                "{program} runs list --all -r gpu1\n"
                "{program} runs -n 5\n"
                "{program} runs -Fo train -F 'lr < 0.1 and loss < 0.5'\n"
                "{program} runs -Sc -Fs 'last 2 days'\n"
                "{program} runs --archive old-runs.zip",
};

// As in Guild, a program (`--json`) gets all runs and all that is known of them.
void set_limit(list_command& made, const CLI::App& verb) {
    check_exclusive(verb, {"--all", "--limit"});
    check_exclusive(verb, {"--archive", "--deleted"});
    if (verb.count("--all") > 0 || verb.count("--json") > 0) {
        made.limit = 0;
    } else if (made.limited = verb.count("--limit") > 0; !made.limited) {
        made.limit = page_rows * (1 + static_cast<std::int64_t>(verb.count("--more")));
    }
    made.comments = made.comments || verb.count("--json") > 0;
    made.details = made.comments || verb.count("--verbose") > 0;
}

void add_list(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "list", list_help, into);
    verb->alias("ls");
    auto& made =
        command_of<list_command>(*verb, into, [&into](list_command& what, const CLI::App& typed) {
            set_limit(what, typed);
            into.run_table.limited = typed.count("--limit") > 0;
        });
    add_runs_argument(*verb, made.selection, "Runs to list");
    add_remote_option(*verb, made.remote, "List runs of a remote");
    verb->add_flag("-a,--all")->description("Show all runs");
    verb->add_flag("-m,--more")->description("Show 20 more runs; may be repeated");
    verb->add_option("-n,--limit", made.limit, "Show at most N runs")
        ->check(whole_number(1))
        ->option_text("N");
    verb->add_flag("-d,--deleted", made.deleted, "Show deleted runs");
    verb->add_flag("-s,--simplify", into.run_table.simplified, "Leave out run ids and times");
    verb->add_option("-A,--archive", made.archive,
                     "Show runs of an archive: a directory of runs or a Guild home, or a "
                     "zip file of one")
        ->option_text("PATH");
    verb->add_flag("-c,--comments", made.comments, "Show the comments on runs");
    verb->add_flag("--fresh", made.fresh, "Ask the machines, whatever the service knows of them");
    verb->add_flag("-v,--verbose", into.verbose, "Show details of each run");
    add_json_option(*verb, into);
}

} // namespace

void add_runs(CLI::App& parent, invocation& into) {
    auto* group = add_verb(parent, "runs", runs_help, into);
    group->require_subcommand(0, 1);
    add_list(*group, into);
}

} // namespace outrider::cli
