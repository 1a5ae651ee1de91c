#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help models_help = {
    .summary = "List the models of the project.",
    .details = "Shows the models that guild.yml of the working directory defines, and their\n"
               "descriptions. Each WORD narrows the list to those that have it in either. Models\n"
               "whose name begins with '_' are listed with --all only.",
    .examples = "{program} models\n"
                "{program} models --all --json",
};

} // namespace

void add_models(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "models", models_help, into);
    auto& made = command_of<models_command>(*verb, into);
    verb->add_option("WORD", made.words, "Part of a name or description")
        ->expected(0, -1)
        ->option_text("[WORD...]");
    verb->add_flag("-a,--all", made.all, "List hidden models too");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
