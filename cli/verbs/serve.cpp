#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help serve_help = {
    .summary = "Run the engine as a service.",
    .details = "While a service runs, every command of this user goes to it: the links to remotes\n"
               "stay warm, so that each command saves the connecting. What commands print is the\n"
               "same. Runs never depend on the service: they go on when it ends, whatever way.\n\n"
               "Without an option it serves until it is interrupted, and logs to standard error.\n"
               "With --listen, programs that know the token may use the HTTP API on 127.0.0.1,\n"
               "and 'serve status' shows a link for a browser.",
    .examples = "{program} serve --detach\n"
                "{program} serve --listen 7878\n"
                "{program} serve --install\n"
                "{program} serve status\n"
                "{program} serve stop",
};

const verb_help serve_status_help = {
    .summary = "Say how the service is.",
    .details =
        "The exit code is 1 if none is running. Of a service that listens on a port, it shows a\n"
        "link that logs a browser in: it works once, within 10 minutes.",
    .examples = "{program} serve status\n"
                "{program} serve status --json",
};

const verb_help serve_stop_help = {
    .summary = "End the service.",
    .details = "Commands are asked to end, as by an interrupt, and forced after the timeout. Runs\n"
               "are left alone. Returns when the service has ended.",
    .examples = "{program} serve stop\n"
                "{program} serve stop --timeout 60",
};

void add_timeout(CLI::App& verb, serve_request& made) {
    verb.add_option("--timeout", made.timeout, "When it is stopped: time for commands to end")
        ->check(whole_number(0))
        ->option_text("SECONDS (10)");
}

} // namespace

void add_serve(CLI::App& parent, invocation& into) {
    auto& made = into.own.serve;
    auto* verb = add_verb(parent, "serve", serve_help, into);
    verb->require_subcommand(0, 1);
    verb->add_flag("-d,--detach", made.detach,
                   "Start it in the background; return when it answers");
    constexpr int last_port = 65535;
    verb->add_option("--listen", made.port, "Serve HTTP on this port of 127.0.0.1, too; 0: any")
        ->check(CLI::Range(0, last_port).description(""))
        ->option_text("PORT");
    verb->add_flag("--install", made.install,
                   "Write a user unit of systemd that starts it at login");
    add_timeout(*verb, made);

    auto* status = add_verb(*verb, "status", serve_status_help, into);
    add_json_option(*status, into);
    auto* stop = add_verb(*verb, "stop", serve_stop_help, into);
    add_timeout(*stop, made);

    // A verb's callback comes after those of its own commands.
    verb->final_callback([&into, status, stop] {
        into.own.what = status->parsed() ? own_request::kind::serve_status
                        : stop->parsed() ? own_request::kind::serve_stop
                                         : own_request::kind::serve;
    });
}

} // namespace outrider::cli
