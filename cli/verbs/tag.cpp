#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Add or remove tags of runs.",
    .details = "",
    .examples = "{program} tag",
};

} // namespace

void add_tag(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "tag", help, into);
    std::ignore = command_of<tag_command>(*verb, into);
}

} // namespace outrider::cli
