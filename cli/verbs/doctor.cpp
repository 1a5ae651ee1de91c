#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Find out what would go wrong on a remote.",
    .details = "",
    .examples = "{program} doctor",
};

} // namespace

void add_doctor(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "doctor", help, into);
    std::ignore = command_of<doctor_command>(*verb, into);
}

} // namespace outrider::cli
