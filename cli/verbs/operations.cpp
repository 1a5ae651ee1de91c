#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "List the operations of the project.",
    .details = "",
    .examples = "{program} operations",
};

} // namespace

void add_operations(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "operations", help, into);
    std::ignore = command_of<operations_command>(*verb, into);
}

} // namespace outrider::cli
