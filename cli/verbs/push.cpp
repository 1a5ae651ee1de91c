#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Copy runs to a remote.",
    .details = "",
    .examples = "{program} push",
};

} // namespace

void add_push(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "push", help, into);
    std::ignore = command_of<push_command>(*verb, into);
}

} // namespace outrider::cli
