#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/text/shell_words.hpp"

#include <CLI/Error.hpp>

#include <memory>

namespace outrider::cli {
namespace {

const verb_help notify_help = {
    .summary = "Tell of the end of runs by a command or a webhook.",
    .details =
        "Without RUN, of every run there that the filters choose, until the job is removed.\n"
        "The service does it ('{program} serve'), also after it was started anew: ends that\n"
        "happened meanwhile are told then. Each end is told once; where that is not certain,\n"
        "once more with the same id.\n"
        "The command is started without a shell, in the working directory of now. What there is\n"
        "to know of the run is in its environment: OUTRIDER_NOTIFICATION (the id),\n"
        "OUTRIDER_REPEATED, OUTRIDER_JOB, OUTRIDER_REMOTE, OUTRIDER_RUN, OUTRIDER_OPERATION,\n"
        "OUTRIDER_STATE, OUTRIDER_EXIT_STATUS, OUTRIDER_REASON, OUTRIDER_LABEL,\n"
        "OUTRIDER_STARTED, OUTRIDER_STOPPED and OUTRIDER_RUN_DIR. A webhook gets the same as\n"
        "JSON by POST.",
    .examples = "{program} notify -r gpu1 --command 'notify-send \"a run has ended\"'\n"
                "{program} notify 3f2a -r gpu1 --webhook https://example.org/ended\n"
                "{program} notify -r all -Fo train --command ~/bin/ended",
};

} // namespace

void add_notify(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "notify", notify_help, into);
    auto words = std::make_shared<std::string>();
    const auto check = [words](notify_command& made, const CLI::App&) {
        if (words->empty() == made.webhook.empty()) {
            throw CLI::ValidationError("either --command or --webhook is needed");
        }
        auto split = shell_split(*words);
        if (!split) {
            throw CLI::ValidationError("--command: " + split.error().context);
        }
        made.program = std::move(*split);
    };
    auto& made = command_of<notify_command>(*verb, into, check);
    add_runs_argument(*verb, made.selection, "Runs whose end is told");
    verb->add_option("--command", *words, "Command line to start")->option_text("CMD");
    verb->add_option("--webhook", made.webhook, "URL to post to")->option_text("URL");
    verb->add_option("--name", made.name, "Name of the job")->option_text("NAME");
    add_remote_option(*verb, made.remote, "Tell of runs of a remote");
    add_json_option(*verb, into);
}

} // namespace outrider::cli
