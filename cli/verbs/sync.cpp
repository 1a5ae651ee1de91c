#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Bring copies of running runs up to date.",
    .details = "",
    .examples = "{program} sync",
};

} // namespace

void add_sync(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "sync", help, into);
    std::ignore = command_of<sync_command>(*verb, into);
}

} // namespace outrider::cli
