#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Restore deleted runs.",
    .details = "",
    .examples = "{program} restore",
};

} // namespace

void add_restore(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "restore", help, into);
    std::ignore = command_of<restore_command>(*verb, into);
}

} // namespace outrider::cli
