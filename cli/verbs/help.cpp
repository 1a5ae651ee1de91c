#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help help_help = {
    .summary = "Show help for a command.",
    .details = "The same as '{program} COMMAND --help'. Without COMMAND, the commands are listed.",
    .examples = "{program} help\n"
                "{program} help run\n"
                "{program} help runs rm\n"
                "{program} help --man | man -l -",
};

} // namespace

void add_help(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "help", help_help, into);
    verb->add_option("COMMAND", into.own.words, "Command to explain")->option_text("[COMMAND...]");
    auto* man = verb->add_flag("--man")->description("Print the manual page of the whole program");
    verb->final_callback([&into, man] {
        into.own.what = man->count() > 0 ? own_request::kind::man_page : own_request::kind::help;
    });
}

} // namespace outrider::cli
