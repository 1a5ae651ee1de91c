#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

#include <CLI/Error.hpp>

namespace outrider::cli {
namespace {

const verb_help open_help = {
    .summary = "Open a run, or a file of it.",
    .details =
        "Without RUN, the newest run is meant; without PATH, its directory. It is opened by\n"
        "the program that the desktop uses (xdg-open), or by CMD, to which the path is\n"
        "added. Only runs of this machine can be opened.",
    .examples = "{program} open\n"
                "{program} open 2 -p plot.png\n"
                "{program} open -O -c 'less -R'\n"
                "{program} open 1 --shell",
};

void check_open(open_command& made, const CLI::App&) {
    if (made.output && (!made.path.empty() || made.sourcecode)) {
        throw CLI::ValidationError("-O/--output excludes -p/--path and -s/--sourcecode");
    }
    if (made.shell && !made.program.empty()) {
        throw CLI::ValidationError("-c/--cmd and --shell exclude each other");
    }
}

} // namespace

void add_open(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "open", open_help, into);
    auto& made = command_of<open_command>(*verb, into, check_open);
    add_run_argument(*verb, made.selection, "Run to open");
    verb->add_option("-p,--path", made.path, "File or directory, relative to the run")
        ->option_text("PATH");
    verb->add_flag("-s,--sourcecode", made.sourcecode, "PATH is relative to the source code");
    verb->add_flag("-O,--output", made.output, "Open the output of the run");
    verb->add_option("-c,--cmd", made.program, "Program that opens it")->option_text("CMD");
    verb->add_flag("--shell", made.shell, "Start a shell there");
    verb->add_option("-r,--remote", made.remote, "Refused: see 'cat' and 'pull'")
        ->option_text("NAME")
        ->group(""); // hidden; it is there for what it says
}

} // namespace outrider::cli
