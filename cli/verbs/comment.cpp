#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

#include <CLI/Error.hpp>

namespace outrider::cli {
namespace {

const verb_help comment_help = {
    .summary = "Comment on runs.",
    .details = "Without RUN, the newest run is meant. Without an option, its comments are listed.",
    .examples = "{program} comment -a 'loss is flat from step 300'\n"
                "{program} comment 2 -e\n"
                "{program} comment 1:3 -l\n"
                "{program} comment 1 -d 2 -r gpu1",
};

void check_comment(comment_command& made, const CLI::App& verb) {
    const auto changes =
        verb.count("--add") + verb.count("--delete") + verb.count("--clear") + verb.count("--list");
    if (changes > 1 || (verb.count("--edit") > 0 && changes > verb.count("--add"))) {
        throw CLI::ValidationError("--add, --delete, --clear and --list exclude each other");
    }
    // An edited comment begins with what was given, if anything.
    if (verb.count("--edit") > 0 && !made.add) {
        made.add.emplace();
    }
    if (made.add && made.add->empty() && verb.count("--edit") == 0) {
        throw CLI::ValidationError("the comment is empty");
    }
}

} // namespace

void add_comment(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "comment", comment_help, into);
    auto& made = command_of<comment_command>(*verb, into, check_comment);
    add_runs_argument(*verb, made.selection, "Runs to comment on");
    verb->add_option("-a,--add", made.add, "Add a comment")->option_text("TEXT");
    verb->add_flag("-e,--edit", into.edit_comment, "Write the comment in an editor");
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
