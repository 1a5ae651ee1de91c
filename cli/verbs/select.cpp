#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Print the ids of runs, or attributes of them.",
    .details = "",
    .examples = "{program} select",
};

} // namespace

void add_select(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "select", help, into);
    std::ignore = command_of<select_command>(*verb, into);
}

} // namespace outrider::cli
