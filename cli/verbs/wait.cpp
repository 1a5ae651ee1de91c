#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Wait until runs have ended.",
    .details = "",
    .examples = "{program} wait",
};

} // namespace

void add_wait(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "wait", help, into);
    std::ignore = command_of<wait_command>(*verb, into);
}

} // namespace outrider::cli
