#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Set the labels of runs.",
    .details = "",
    .examples = "{program} label",
};

} // namespace

void add_label(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "label", help, into);
    std::ignore = command_of<label_command>(*verb, into);
}

} // namespace outrider::cli
