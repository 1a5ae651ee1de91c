#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help archive_help = {
    .summary = "Move runs to an archive that has a name.",
    .details = "Without RUN, all runs are moved. '{program} runs -A NAME' lists the runs of an\n"
               "archive, '{program} import NAME' brings them back.",
    .examples = "{program} archive --list\n"
                "{program} archive paper --create -d 'runs of the paper' 1:3\n"
                "{program} archive paper --copy 3f2a",
};

} // namespace

void add_archive(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "archive", archive_help, into);
    auto& made = command_of<archive_command>(*verb, into);
    verb->add_option("NAME", made.name, "Archive to move to")->option_text("NAME");
    add_runs_argument(*verb, made.selection, "Runs to move");
    verb->add_flag("--create", made.create, "Make the archive if there is none");
    verb->add_flag("--copy", made.copy, "Copy the runs instead");
    verb->add_option("-d,--description", made.description, "Description of a new archive")
        ->option_text("TEXT");
    verb->add_flag("-l,--list", made.list, "List the archives");
    verb->add_flag("-v,--verbose", made.verbose, "With --list: where they are, too");
    add_yes_option(*verb, into);
}

} // namespace outrider::cli
