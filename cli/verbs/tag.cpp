#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help tag_help = {
    .summary = "Add or remove tags of runs.",
    .details = "Without RUN, the newest run is meant; with --list-all, all runs.",
    .examples = "{program} tag -a best\n"
                "{program} tag 2:5 -d best -a old -s\n"
                "{program} tag 1 -c -r gpu1\n"
                "{program} tag --list-all",
};

void check_tag(tag_command&, const CLI::App& verb) {
    check_one_given(verb, {"--add", "--delete", "--clear", "--list-all"});
    for (const char* change : {"--add", "--delete", "--clear", "--sync-labels"}) {
        check_exclusive(verb, {change, "--list-all"});
    }
}

} // namespace

void add_tag(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "tag", tag_help, into);
    auto& made = command_of<tag_command>(*verb, into, check_tag);
    add_runs_argument(*verb, made.selection, "Runs to tag");
    // One word each: what follows is a RUN.
    verb->add_option("-a,--add", made.add, "Add a tag; may be repeated")
        ->allow_extra_args(false)
        ->option_text("TAG");
    verb->add_option("-d,--delete", made.remove, "Remove a tag; may be repeated")
        ->allow_extra_args(false)
        ->option_text("TAG");
    verb->add_flag("-c,--clear", made.clear, "Remove all tags, before others are added");
    verb->add_flag("-s,--sync-labels", made.sync_labels,
                   "Add and remove the tags in the labels as well");
    verb->add_flag("--list-all", made.list_all, "List the tags that runs have");
    add_remote_option(*verb, made.remote, "Tag runs of a remote");
    add_yes_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
