#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help remotes_help = {
    .summary = "List the remotes of the user's configuration.",
    .details = "Remotes are defined in config.yml of the Guild home. Where a remote is asked for,\n"
               "'ssh:[USER@]HOST[:PORT][:ENV]' serves as well.",
    .examples = "{program} remotes\n"
                "{program} remotes --json",
};

} // namespace

void add_remotes(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "remotes", remotes_help, into);
    std::ignore = command_of<remotes_command>(*verb, into); // it has no fields
    add_json_option(*verb, into);
}

} // namespace outrider::cli
