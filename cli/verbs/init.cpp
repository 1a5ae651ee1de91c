#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help init_help = {
    .summary = "Make a Guild home of its own for a directory.",
    .details = "Commands that work in DIR or below it then find their runs in DIR/.guild.",
    .examples = "{program} init\n"
                "{program} init ~/projects/digits",
};

} // namespace

void add_init(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "init", init_help, into);
    auto& made = command_of<init_command>(*verb, into);
    verb->add_option("DIR", made.directory, "Directory (default: the working directory)")
        ->option_text("[DIR]");
    add_yes_option(*verb, into); // asks nothing, as Guild does not
}

} // namespace outrider::cli
