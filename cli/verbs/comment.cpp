#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help comment_help = {
    .summary = "Comment on runs.",
    .details =
        "Without RUN, the newest run is meant. Without --add, --delete, --clear or --list an\n"
        "editor is started, and what is written there is added.",
    .examples = "{program} comment -a 'loss is flat from step 300'\n"
                "{program} comment 2 -e\n"
                "{program} comment 1:3 -l\n"
                "{program} comment 1 -d 2 -r gpu1",
};

// Without a text it is written in an editor, in which it begins with what was given, if anything.
void check_comment(comment_command& made, const CLI::App& verb, bool& edited) {
    check_exclusive(verb, {"--add", "--delete", "--clear", "--list"});
    for (const char* other : {"--delete", "--clear", "--list"}) {
        check_exclusive(verb, {"--edit", other});
        check_exclusive(verb, {"--user", other});
    }
    if (made.remove || made.clear || verb.count("--list") > 0) {
        return;
    }
    if (!made.add || made.add->empty()) {
        edited = true;
        made.add.emplace();
    }
}

} // namespace

void add_comment(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "comment", comment_help, into);
    auto& made = command_of<comment_command>(
        *verb, into, [&into](comment_command& command, const CLI::App& app) {
            check_comment(command, app, into.edit_comment);
        });
    add_runs_argument(*verb, made.selection, "Runs to comment on");
    verb->add_option("-a,--add", made.add, "Add a comment")->option_text("TEXT");
    verb->add_flag("-e,--edit", into.edit_comment, "Write the comment in an editor");
    verb->add_option("-u,--user", made.user, "Whose comment it is, USER or USER@HOST")
        ->option_text("USER");
    verb->add_option("-d,--delete", made.remove, "Delete the comment of this number")
        ->check(whole_number(1))
        ->option_text("N");
    verb->add_flag("-c,--clear", made.clear, "Delete all comments");
    verb->add_flag("-l,--list")->description("List comments");
    add_remote_option(*verb, made.remote, "Comment on runs of a remote");
    add_yes_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
