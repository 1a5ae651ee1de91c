#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "List the files of a run.",
    .details =
        "Without RUN, files of the newest run are listed. PATH is a file, a directory, or a\n"
        "pattern whose parts are matched against the parts of a path: '*.log' looks at the\n"
        "top of the run, 'logs/*.txt' into logs. Names that start with a dot are left out\n"
        "unless PATH names them.",
    .examples = "{program} ls\n"
                "{program} ls 2 -p 'checkpoints/*' -r gpu1\n"
                "{program} ls -np '.guild/LOCK*'",
};

} // namespace

void add_ls(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "ls", help, into);
    auto& made = command_of<ls_command>(*verb, into);
    add_run_argument(*verb, made.selection, "Run whose files are listed");
    verb->add_option("-p,--path", made.path, "List only what PATH names")->option_text("PATH");
    verb->add_flag("-a,--all", made.all, "List names that start with a dot as well");
    verb->add_flag("-n,--no-format", into.file_list.no_format, "Neither header nor indentation");
    verb->add_flag("-f,--full-path", into.file_list.full_paths, "Show full paths");
    verb->add_flag("-L,--follow-links", made.follow_links, "List what links lead to");
    add_remote_option(*verb, made.remote, "List files of a remote's run");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
