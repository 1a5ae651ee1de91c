#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help check_help = {
    .summary = "Check the installation, here or on a remote.",
    .details = "Shows versions, the Guild home, python, the system, disk space, GPUs and, of a\n"
               "remote, how far its clock is off. What is wrong with a machine and what to do\n"
               "about it is told by 'doctor'.",
    .examples = "{program} check\n"
                "{program} check -r gpu1\n"
                "{program} check -r gpu1 --json",
};

} // namespace

void add_check(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "check", check_help, into);
    auto& made = command_of<check_command>(*verb, into);
    add_remote_option(*verb, made.remote, "Check a remote");
    verb->add_option(
            "--version", made.version,
            "Fail unless the version of Guild that this is compatible with fits, as in '>=0.9'")
        ->option_text("SPEC");
    add_group_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
