#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

#include <array>

namespace outrider::cli {
namespace {

const verb_help label_help = {
    .summary = "Set the labels of runs.",
    .details =
        "Without RUN, the newest run is meant. Prepended and appended text is joined to the\n"
        "label by a space. TEXT may refer to flags and to the label that is there: '${lr}',\n"
        "'${label}'.",
    .examples = "{program} label -s 'best so far'\n"
                "{program} label 2:5 -a rejected\n"
                "{program} label 3f2a -rm rejected -r gpu1\n"
                "{program} label 1 -c",
};

struct text_option {
    const char* names;
    const char* description;
    label_change change;
};
constexpr std::array<text_option, 3> text_options{{
    {"-s,--set", "Set the label", label_change::set},
    {"-p,--prepend", "Put TEXT before the label", label_change::prepend},
    {"-a,--append", "Put TEXT behind the label", label_change::append},
}};

} // namespace

void add_label(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "label", label_help, into);
    auto& made = command_of<label_command>(*verb, into, [](label_command&, const CLI::App& app) {
        check_one_given(app, {"--set", "--append", "--prepend", "--remove", "--clear"});
        check_exclusive(app, {"--set", "--append", "--prepend", "--remove", "--clear"});
    });
    add_runs_argument(*verb, made.selection, "Runs to label");
    for (const auto& option : text_options) {
        verb->add_option_function<std::string>(
                option.names,
                [&made, change = option.change](const std::string& text) {
                    made.change = change;
                    made.text = text;
                },
                option.description)
            ->option_text("TEXT");
    }
    verb->add_option_function<std::vector<std::string>>(
            "--remove",
            [&made](const std::vector<std::string>& parts) {
                made.change = label_change::remove;
                made.parts = parts;
            },
            "Take the words TEXT out of the label; may be repeated; short: -rm")
        ->allow_extra_args(false)
        ->option_text("TEXT");
    verb->add_flag_callback(
        "-c,--clear", [&made] { made.change = label_change::clear; }, "Remove the label");
    add_remote_option(*verb, made.remote, "Label runs of a remote");
    add_yes_option(*verb, into);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
