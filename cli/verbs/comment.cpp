#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Comment on runs.",
    .details = "",
    .examples = "{program} comment",
};

} // namespace

void add_comment(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "comment", help, into);
    std::ignore = command_of<comment_command>(*verb, into);
}

} // namespace outrider::cli
