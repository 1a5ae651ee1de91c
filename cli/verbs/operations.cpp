#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help operations_help = {
    .summary = "List the operations of the project.",
    .details = "Shows what guild.yml of the working directory defines: a name to run it by, and\n"
               "its description. Each WORD narrows the list to names that have it as a part.\n"
               "Operations whose name begins with '_' are listed with --all only.\n\n"
               "'{program} run OPERATION --help-op' describes one of them.",
    .examples = "{program} operations\n"
                "{program} operations train\n"
                "{program} ops --all --json",
};

} // namespace

void add_operations(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "operations", operations_help, into);
    auto& made = command_of<operations_command>(*verb, into);
    verb->add_option("WORD", made.words, "Part of a name")
        ->expected(0, -1)
        ->option_text("[WORD...]");
    verb->add_flag("-a,--all", made.all, "List hidden operations too");
    verb->add_flag("-v,--verbose", into.verbose, "Show flags and requirements of each operation");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
