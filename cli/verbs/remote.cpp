#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help remote_help = {
    .summary = "Look after a remote.",
    .details = "",
    .examples = "{program} remote status gpu1",
};

const verb_help start_help = {
    .summary = "Start or initialize a remote.",
    .details = "Machines that are reached by ssh are not started by a command. With --reinit, the\n"
               "command 'init' of the remote's configuration is run there, in the shell and home\n"
               "directory of the user, and its output is shown.",
    .examples = "{program} remote start gpu1 --reinit\n"
                "{program} remote start gpu1 --reinit -y",
};

const verb_help remote_stop_help = {
    .summary = "Stop a remote.",
    .details =
        "Machines that are reached by ssh are not stopped by a command: this is for remotes\n"
        "of types that can be started and stopped, of which there are none yet.",
    .examples = "{program} remote stop gpu1",
};

const verb_help remote_status_help = {
    .summary = "Say whether a remote answers.",
    .details = "Connects as every other command does, so that runs can be started if it answers.\n"
               "The exit code is 1 if it does not.",
    .examples = "{program} remote status gpu1\n"
                "{program} remote status gpu1 --verbose\n"
                "{program} remote status ssh:me@host.example:2222",
};

void add_remote_argument(CLI::App& verb, std::string& remote, const char* what) {
    verb.add_option("REMOTE", remote, what)->required()->option_text("REMOTE");
}

} // namespace

void add_remote(CLI::App& parent, invocation& into) {
    auto* group = add_verb(parent, "remote", remote_help, into);
    group->require_subcommand(1, 1);

    auto* start = add_verb(*group, "start", start_help, into);
    auto& started = command_of<remote_start_command>(*start, into);
    add_remote_argument(*start, started.remote, "Remote to start");
    start->add_flag("--reinit", started.reinit, "Run the remote's 'init' command");
    add_yes_option(*start, into);

    auto* stop = add_verb(*group, "stop", remote_stop_help, into);
    auto& stopped = command_of<remote_stop_command>(*stop, into);
    add_remote_argument(*stop, stopped.remote, "Remote to stop");
    add_yes_option(*stop, into);

    auto* status = add_verb(*group, "status", remote_status_help, into);
    auto& asked = command_of<remote_status_command>(*status, into);
    add_remote_argument(*status, asked.remote, "Remote to ask");
    add_group_option(*status, into);
    status->add_flag("-v,--verbose", into.verbose, "Show what the machine says about itself");
    add_json_option(*status, into);
}

} // namespace outrider::cli
