#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help = {
    .summary = "Start an operation, here or on a remote, and follow its output.",
    .details =
        "OPERATION is defined in guild.yml of the working directory; without it the default\n"
        "operation runs. FLAG=VALUE arguments set its flags.\n\n"
        "A run on a remote does not depend on this command: interrupting it leaves the run\n"
        "running and says how to follow it again. On this machine the exit status is the\n"
        "operation's; on a remote it is 0 when the run could be started and followed.",
    .examples = "{program} run train\n"
                "{program} run train lr=0.01 epochs=20 -r gpu1\n"
                "{program} run train -r gpu1 -y --no-wait --tag baseline",
};

} // namespace

void add_run(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "run", help, into);
    auto& made = command_of<run_command>(*verb, into);
    // The first word without '=' is the operation; a flag may come first.
    verb->add_option_function<std::vector<std::string>>(
            "OPERATION",
            [&made](const std::vector<std::string>& words) {
                auto rest = words.begin();
                if (rest != words.end() && rest->find('=') == std::string::npos) {
                    made.operation = *rest++;
                }
                made.flags.assign(rest, words.end());
            },
            "Operation, and values of its flags")
        ->expected(0, -1)
        ->option_text("[OPERATION] [FLAG=VALUE...]");
    add_remote_option(*verb, made.remote, "Run on a remote");
    add_yes_option(*verb, into);
    verb->add_flag("--no-wait", made.no_wait, "Return when the operation has been started");
    verb->add_option_function<std::string>(
            "-l,--label", [&made](const std::string& text) { made.label = text; },
            "Label of the run (default: its flags)")
        ->option_text("TEXT");
    verb->add_option("-t,--tag", made.tags, "Tag of the run; may be repeated")
        ->allow_extra_args(false)
        ->option_text("TAG");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
