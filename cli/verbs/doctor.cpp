#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help doctor_help = {
    .summary = "Find out what would go wrong on a machine.",
    .details =
        "Connects to REMOTE as every other command does, looks at its login shell, homes,\n"
        "disks, clock, python and limits, and says what would go wrong there, each with its\n"
        "cure. Without REMOTE, this machine is looked at. The exit code is 1 if there is a\n"
        "problem; warnings do not count.",
    .examples = "{program} doctor gpu1\n"
                "{program} doctor\n"
                "{program} doctor ssh:me@host.example --json",
};

} // namespace

void add_doctor(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "doctor", doctor_help, into);
    auto& made = command_of<doctor_command>(*verb, into);
    verb->add_option("REMOTE", made.remote, "Remote to look at")->option_text("[REMOTE]");
    add_group_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
