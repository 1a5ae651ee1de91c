#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Check the installation, here or on a remote.",
    .details = "",
    .examples = "{program} check",
};

} // namespace

void add_check(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "check", help, into);
    std::ignore = command_of<check_command>(*verb, into);
}

} // namespace outrider::cli
