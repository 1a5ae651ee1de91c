#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help export_help = {
    .summary = "Copy runs to a directory or a zip file.",
    .details = "LOCATION is a directory, which is made if need be, or a file that ends in .zip.\n"
               "Without RUN, all runs are copied. What is there already stays as it is.",
    .examples = "{program} export ../runs-of-may\n"
                "{program} export best.zip 1:3\n"
                "{program} export --move old -Fs 'before last month'",
};

} // namespace

void add_export(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "export", export_help, into);
    auto& made = command_of<export_command>(*verb, into);
    verb->add_option("LOCATION", made.location, "Directory, or .zip file, to copy to")
        ->required()
        ->option_text("LOCATION");
    add_runs_argument(*verb, made.selection, "Runs to copy");
    verb->add_flag("-m,--move", made.move, "Move the runs instead");
    verb->add_flag("-r,--copy-resources", made.copy_resources,
                   "Copy what links lead to instead of the links");
    add_yes_option(*verb, into);
}

} // namespace outrider::cli
