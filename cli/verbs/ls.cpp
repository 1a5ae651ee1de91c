#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help ls_help = {
    .summary = "List the files of a run.",
    .details =
        "Without RUN, files of the newest run are listed. PATH is a file, a directory, or a\n"
        "pattern whose parts are matched against the parts of a path: '*.log' looks at the\n"
        "top of the run, 'logs/*.txt' into logs. Names that start with a dot are left out\n"
        "unless PATH names them. Of --sourcecode, --dependencies and --generated several\n"
        "may be given; directories are not shown then.",
    .examples = "{program} ls\n"
                "{program} ls 2 -p 'checkpoints/*' -r gpu1\n"
                "{program} ls --generated -h\n"
                "{program} ls -np '.guild/LOCK*'",
};

} // namespace

void add_ls(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "ls", ls_help, into);
    auto& made = command_of<ls_command>(*verb, into);
    auto& style = into.file_list;
    add_run_argument(*verb, made.selection, "Run whose files are listed");
    verb->add_option("-p,--path", made.path, "List only what PATH names")->option_text("PATH");
    verb->add_flag("-s,--sourcecode", made.sourcecode, "List source code");
    verb->add_flag("-d,--dependencies", made.dependencies, "List dependencies");
    verb->add_flag("-g,--generated", made.generated, "List what the run has written");
    verb->add_flag("-a,--all", made.all, "List names that start with a dot as well");
    verb->add_flag("-L,--follow-links", made.follow_links, "List what links lead to");
    verb->add_flag("-n,--no-format", style.no_format, "Neither header nor indentation");
    verb->add_flag("-f,--full-path", style.full_paths, "Show full paths");
    verb->add_flag("-e,--extended", style.extended, "Show modes, sizes and times as well");
    verb->add_flag("-h,--human-readable", style.human_readable,
                   "As --extended, with sizes such as 1.5M");
    add_remote_option(*verb, made.remote, "List files of a remote's run");
    add_group_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
