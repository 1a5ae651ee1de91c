#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

#include <filesystem>

namespace outrider::cli {
namespace {

const verb_help help_help = {
    .summary = "Show help for a command, or for a project.",
    .details =
        "For COMMAND the same as '{program} COMMAND --help'. Otherwise all that a project says\n"
        "about its models, operations and flags: that of the working directory, or of PROJECT.\n"
        "Where there is none, the commands are listed.",
    .examples = "{program} help\n"
                "{program} help run\n"
                "{program} help runs rm\n"
                "{program} help ~/projects/digits\n"
                "{program} help --man | man -l -",
};

bool is_project_here(const invocation& into) {
    std::error_code ec;
    return std::filesystem::exists(std::filesystem::path(into.directory) / "guild.yml", ec);
}

bool has_command(const CLI::App& parent, const std::string& name) {
    return !parent.get_subcommands([&](const CLI::App* each) { return each->check_name(name); })
                .empty();
}

} // namespace

void add_help(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "help", help_help, into);
    verb->traits = &project_help_command::traits;
    verb->add_option("COMMAND", into.own.words, "Command to explain, or a project")
        ->option_text("[COMMAND...] [PROJECT]");
    auto* man = verb->add_flag("--man")->description("Print the manual page of the whole program");
    auto* no_pager = verb->add_flag("-n,--no-pager")->description("Do not use a pager");
    verb->final_callback([&parent, &into, man, no_pager] {
        const auto& words = into.own.words;
        if (man->count() > 0) {
            into.own.what = own_request::kind::man_page;
            return;
        }
        const bool of_command = !words.empty() && has_command(parent, words.front());
        const bool of_project = words.empty() ? no_pager->count() > 0 || is_project_here(into)
                                              : words.size() == 1 && !of_command;
        if (!of_project) {
            into.own.what = own_request::kind::help;
            return;
        }
        into.what = project_help_command{.project = words.empty() ? "" : words.front()};
        into.page = no_pager->count() == 0;
    });
}

} // namespace outrider::cli
