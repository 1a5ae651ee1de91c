#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Open a run, or a file of it.",
    .details = "",
    .examples = "{program} open",
};

} // namespace

void add_open(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "open", help, into);
    std::ignore = command_of<open_command>(*verb, into);
}

} // namespace outrider::cli
