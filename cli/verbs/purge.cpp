#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Remove deleted runs for good.",
    .details = "",
    .examples = "{program} purge",
};

} // namespace

void add_purge(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "purge", help, into);
    std::ignore = command_of<purge_command>(*verb, into);
}

} // namespace outrider::cli
