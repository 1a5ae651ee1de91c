#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help completion_help = {
    .summary = "Print the script that completes commands in a shell.",
    .details =
        "Completes commands, options, operations and flags of the project, runs and remotes.\n"
        "It never uses the network: runs of a remote are those of its last listing.\n\n"
        "Without an option the script is for the shell of the user ($SHELL).",
    .examples = "{program} completion --install\n"
                "source <({program} completion --bash)\n"
                "{program} completion --fish > ~/.config/fish/completions/{program}.fish",
};

} // namespace

void add_completion(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "completion", completion_help, into);
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        verb->add_flag_callback(
            "--" + shell, [&into, shell] { into.own.shell = shell; }, "Script for " + shell);
    }
    verb->add_option_function<std::string>(
            "-s,--shell",
            [&into](const std::string& shell) {
                if (shell != "bash" && shell != "zsh" && shell != "fish") {
                    throw CLI::ValidationError("--shell is bash, zsh or fish, not '" + shell + "'");
                }
                into.own.shell = shell;
            },
            "Script for this shell: bash, zsh or fish")
        ->option_text("SHELL");
    auto* install =
        verb->add_flag("-i,--install")->description("Write it to where the shell looks for it");
    verb->final_callback([&into, install] {
        into.own.what = install->count() > 0 ? own_request::kind::install_completion
                                             : own_request::kind::completion;
    });
}

} // namespace outrider::cli
