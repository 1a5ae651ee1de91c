#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help import_help = {
    .summary = "Copy runs from a directory, a zip file or an archive.",
    .details =
        "ARCHIVE is what 'export' made, a Guild home, or the name of an archive.\n"
        "Without RUN, all runs are copied; indexes are those of '{program} runs -A ARCHIVE'.",
    .examples = "{program} import ../runs-of-may\n"
                "{program} import best.zip 1\n"
                "{program} import --move old",
};

} // namespace

void add_import(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "import", import_help, into);
    auto& made = command_of<import_command>(*verb, into);
    verb->add_option("ARCHIVE", made.archive, "Directory, zip file or archive to copy from")
        ->required()
        ->option_text("ARCHIVE");
    add_runs_argument(*verb, made.selection, "Runs to copy");
    verb->add_flag("-m,--move", made.move, "Move the runs instead");
    verb->add_flag("--copy-resources", made.copy_resources,
                   "Copy what links lead to instead of the links");
    add_yes_option(*verb, into);
}

} // namespace outrider::cli
