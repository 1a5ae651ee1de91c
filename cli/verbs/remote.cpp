#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help group_help = {
    .summary = "Look after a remote.",
    .details = "",
    .examples = "{program} remote status gpu1",
};

const verb_help status_help = {
    .summary = "Say whether a remote answers.",
    .details = "Connects as every other command does, so that runs can be started if it answers.",
    .examples = "{program} remote status gpu1\n"
                "{program} remote status gpu1 --verbose\n"
                "{program} remote status ssh:me@host.example:2222",
};

} // namespace

void add_remote(CLI::App& parent, invocation& into) {
    auto* group = add_verb(parent, "remote", group_help, into);
    group->require_subcommand(1, 1);
    auto* verb = add_verb(*group, "status", status_help, into);
    auto& made = command_of<remote_status_command>(*verb, into);
    verb->add_option("REMOTE", made.remote, "Remote to ask")->required()->option_text("REMOTE");
    verb->add_flag("-v,--verbose", into.verbose, "Show what the machine says about itself");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
