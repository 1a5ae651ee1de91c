#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Mark runs.",
    .details = "",
    .examples = "{program} mark",
};

} // namespace

void add_mark(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "mark", help, into);
    std::ignore = command_of<mark_command>(*verb, into);
}

} // namespace outrider::cli
