#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Show everything about a run.",
    .details = "",
    .examples = "{program} info",
};

} // namespace

void add_info(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "info", help, into);
    std::ignore = command_of<info_command>(*verb, into);
}

} // namespace outrider::cli
