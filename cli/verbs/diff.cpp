#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Compare two runs.",
    .details = "",
    .examples = "{program} diff",
};

} // namespace

void add_diff(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "diff", help, into);
    std::ignore = command_of<diff_command>(*verb, into);
}

} // namespace outrider::cli
