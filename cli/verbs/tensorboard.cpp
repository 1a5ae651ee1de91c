#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help tensorboard_help = {
    .summary = "Show runs in TensorBoard.",
    .details =
        "Prepares a directory of the runs for TensorBoard, starts the one that is installed\n"
        "(`tensorboard`, or the module of `python3`), and keeps the directory up to date\n"
        "while it runs. Runs appear by their operation, time and label; their flags and\n"
        "scalars are its hyperparameters. --export-scalars needs no TensorBoard.\n"
        "\n"
        "Runs of a remote are shown once they were copied: {program} pull REMOTE.",
    .examples = "{program} tensorboard\n"
                "{program} tensorboard -Fo train --port 6006 --no-open\n"
                "{program} tensorboard -O samples_per_plugin=images=100\n"
                "{program} tensorboard --export-scalars scalars.csv",
};

} // namespace

void add_tensorboard(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "tensorboard", tensorboard_help, into);
    auto& made = command_of<tensorboard_command>(*verb, into);
    add_runs_argument(*verb, made.selection, "Runs to show");
    verb->add_option("-h,--host", made.host, "Address to listen on; all unless told")
        ->option_text("HOST");
    verb->add_option("-p,--port", made.port, "Port to listen on; a free one unless told")
        ->check(whole_number(1))
        ->option_text("PORT");
    verb->add_flag("--include-batch", made.include_batch, "Show batches as well as their trials");
    verb->add_option("--refresh-interval", made.refresh_seconds,
                     "Look for changes every SECONDS (5)")
        ->check(whole_number(1))
        ->option_text("SECONDS");
    verb->add_flag("-n,--no-open", made.no_open, "Do not open a browser");
    verb->add_option("--tab", made.tab, "Open this tab of TensorBoard")->option_text("TAB");
    verb->add_option("-O,--tensorboard-option", made.options,
                     "Option of TensorBoard, as NAME=VALUE; may be repeated")
        ->allow_extra_args(false)
        ->option_text("NAME=VALUE");
    verb->add_option("--run-name-flags", made.name_flags,
                     "Name runs by these flags instead of the label, with commas between them")
        ->option_text("FLAGS");
    verb->add_flag("--skip-images", made.skip_images, "Do not show images of runs");
    verb->add_flag("--skip-hparams", made.skip_hparams, "Do not show hyperparameters");
    verb->add_option("--export-scalars", made.export_to,
                     "Write all scalars to PATH as CSV and end; - for standard output")
        ->option_text("PATH");
    verb->add_flag("--test-logdir", made.test_directory,
                   "Prepare the directory, say where it is, and end");
}

} // namespace outrider::cli
