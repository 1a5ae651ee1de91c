#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help diff_help = {
    .summary = "Compare two runs.",
    .details =
        "Without RUN, the newest two are compared; with one, the run before it and it. What is\n"
        "compared are their directories, or what is chosen: then CMD is executed once for each\n"
        "pair of paths, 'diff -ru' unless told otherwise or set in config.yml (diff: command).\n"
        "With --remote it is executed there. Differences are no failure.",
    .examples = "{program} diff --output\n"
                "{program} diff 2 1 -r gpu1 --flags\n"
                "{program} diff 3f2a --working\n"
                "{program} diff -p model.json --cmd 'diff -y'",
};

} // namespace

void add_diff(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "diff", diff_help, into);
    auto& made = command_of<diff_command>(*verb, into);
    verb->add_option("RUN", made.selection.runs, "Runs to compare")
        ->expected(0, 2)
        ->option_text("[RUN [RUN]]");
    add_remote_option(*verb, made.remote, "Compare runs of a remote");
    verb->add_flag("-O,--output", made.output, "Compare what they printed");
    verb->add_flag("-s,--sourcecode", made.sourcecode, "Compare their source code");
    verb->add_flag("-e,--env", made.environment, "Compare their environments");
    verb->add_flag("-f,--flags", made.flags, "Compare their flags");
    verb->add_flag("-a,--attrs", made.attributes,
                   "Compare all their attributes, of which environment, flags and dependencies "
                   "are some");
    verb->add_flag("-D,--deps", made.dependencies, "Compare their resolved dependencies");
    verb->add_option(
            "-p,--path", made.paths,
            "Compare this file or directory; may be repeated. With --sourcecode it is one of the "
            "source code")
        ->expected(1)
        ->take_all()
        ->option_text("PATH");
    verb->add_flag("-w,--working", made.working,
                   "Compare the source code of a run and what its project holds now");
    verb->add_option("-d,--dir", made.directory,
                     "Compare the source code of a run and this directory")
        ->option_text("DIR");
    verb->add_option("-c,--cmd", made.program, "Compare with this program; two paths are added")
        ->option_text("CMD");
}

} // namespace outrider::cli
