#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help merge_help = {
    .summary = "Copy files of a run into its project.",
    .details =
        "Copies the source code that the run had, the files of the project that it required,\n"
        "and what it has written. Without RUN, the newest run is meant. Files that would be\n"
        "replaced and are not committed to git as they are stop it, unless --replace is used.",
    .examples = "{program} merge\n"
                "{program} merge 3f2a --sourcecode\n"
                "{program} merge -x '*.pt' --preview\n"
                "{program} merge 2 --target-dir ../results",
};

} // namespace

void add_merge(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "merge", merge_help, into);
    auto& made = command_of<merge_command>(*verb, into, [](merge_command&, const CLI::App& app) {
        check_exclusive(app, {"--replace", "--no-replace"});
        check_exclusive(app, {"--sourcecode", "--all"});
    });
    add_run_argument(*verb, made.selection, "Run whose files are copied");
    verb->add_option("-t,--target-dir", made.target, "Copy to DIR instead of the project")
        ->option_text("DIR");
    verb->add_flag("-s,--sourcecode", made.sourcecode, "Copy source code alone");
    verb->add_flag("-a,--all", made.all, "Copy what came from elsewhere as well");
    verb->add_option("-x,--exclude", made.exclude,
                     "Leave out what PATTERN matches; may be repeated")
        ->allow_extra_args(false)
        ->option_text("PATTERN");
    verb->add_flag("-p,--preview", made.preview, "Only show what would be copied");
    verb->add_flag("--replace", made.replace, "Replace files, whether they are committed or not");
    verb->add_flag("--no-replace", made.no_replace, "Replace nothing, be it committed");
    add_yes_option(*verb, into);
}

} // namespace outrider::cli
