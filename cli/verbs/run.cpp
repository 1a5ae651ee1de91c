#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help run_help = {
    .summary = "Start an operation, here or on a remote, and follow its output.",
    .details =
        "OPERATION is defined in guild.yml of the working directory; without it the default\n"
        "operation runs. It may also be the path of a Python script or an executable file: "
        "train.py.\n"
        "FLAG=VALUE arguments set its flags; --help-op lists them. The operation 'queue' starts\n"
        "staged runs as they appear.\n\n"
        "A list (lr=[0.1,0.01], n=range[1:5]) makes a batch: a run for each combination. A range\n"
        "(lr=[0.01:0.1], loguniform[1e-5:1]) is searched, at random unless -o says otherwise.\n"
        "@FILE has trials in rows (.csv) or mappings (.json, .yaml).\n\n"
        "A run on a remote does not depend on this command: interrupting it leaves the run\n"
        "running and says how to follow it again. On this machine the exit status is the\n"
        "operation's; on a remote it is 0 when the run could be started and followed.\n\n"
        "RUN is an index of the list of runs there, a run id, or the start of one.",
    .examples = "{program} run train\n"
                "{program} run train lr=0.01 epochs=20 -r gpu1\n"
                "{program} run train -r gpu1 -y --no-wait --tag baseline\n"
                "{program} run train 'lr=loguniform[1e-5:1e-1]' -o tpe -m 50 --minimize val_loss\n"
                "{program} run train --stage -r gpu1\n"
                "{program} run --start 1 -r gpu1\n"
                "{program} run --restart 3f2a epochs=40\n"
                "{program} run train --help-op\n"
                "{program} run train.py lr=0.01\n"
                "{program} run queue run-once=yes -r gpu1 -y",
};

CLI::Option* add_text(CLI::App& verb, const std::string& names, std::string& into,
                      const std::string& what, const std::string& shown) {
    return verb.add_option(names, into, what)->option_text(shown);
}

void add_ways_to_start(CLI::App& verb, run_command& made) {
    verb.add_flag("-n,--no-wait", made.no_wait, "Return when the operation has been started");
    verb.add_flag("-b,-B,--background", made.background,
                  "Start the operation in the background and return");
    verb.add_option_function<std::string>(
            "--pidfile",
            [&made](const std::string& path) {
                made.pidfile = path;
                made.background = true;
            },
            "As --background; the operation's pid is in a file while it runs")
        ->option_text("PATH");
    verb.add_flag("--stage", made.stage, "Prepare the run but do not start its operation");
    add_text(verb, "--start", made.start, "Start a staged run", "RUN");
    add_text(verb, "--restart", made.restart, "Start a run again in place", "RUN");
    add_text(verb, "--proto", made.proto, "Use the operation, flags and source code of a run",
             "RUN");
    verb.add_flag("--needed", made.needed, "Start only if no run has this operation and flags");
    verb.add_option("--stop-after", made.stop_after_minutes, "Stop the operation after N minutes")
        ->option_text("N");
}

void add_descriptions(CLI::App& verb, run_command& made) {
    verb.add_option_function<std::string>(
            "-l,--label", [&made](const std::string& text) { made.label = text; },
            "Label of the run (default: its flags)")
        ->option_text("TEXT");
    verb.add_option("-t,--tag", made.tags, "Tag of the run; may be repeated")
        ->allow_extra_args(false)
        ->option_text("TAG");
    add_text(verb, "-c,--comment", made.comment, "Comment on the run", "TEXT");
}

void add_surroundings(CLI::App& verb, run_command& made) {
    add_text(verb, "--gpus", made.gpus, "GPUs that the operation sees (CUDA_VISIBLE_DEVICES)",
             "DEVICES");
    verb.add_flag("--no-gpus", made.no_gpus, "The operation sees no GPUs");
    verb.add_option("--random-seed", made.random_seed, "Seed that is recorded with the run")
        ->option_text("N");
    verb.add_flag("-f,--force-flags", made.force_flags,
                  "Accept flags that are not declared and values that are no choice");
    verb.add_option("-D,--dep", made.deps,
                    "Require a file, a directory or a URL, too; may be repeated")
        ->allow_extra_args(false)
        ->option_text("PATH");
    verb.add_flag("--force-deps", made.force_deps,
                  "Start although a dependency cannot be resolved");
    verb.add_flag("--force-sourcecode", made.force_sourcecode,
                  "Copy the source code of the project on --restart and --proto");
    add_text(verb, "-d,--run-dir", made.run_dir, "Use this directory instead of one in the home",
             "DIR");
    add_text(verb, "--run-id", made.run_id, "Use this id for the run", "ID");
    verb.add_flag("--keep-run", made.keep_run, "Keep the run in spite of 'delete-on-success'");
    verb.add_flag("-h,--help-op", made.help_op,
                  "Describe the operation, its flags and what it requires, and exit");
    verb.add_flag("--help-model", made.help_model,
                  "Describe the operation's model and its operations, and exit");
    verb.add_flag("--print-cmd", made.print_cmd, "Print the command of the operation and exit");
    verb.add_flag("--print-env", made.print_env, "Print the environment of the operation and exit");
}

void add_tests(CLI::App& verb, run_command& made) {
    verb.add_flag("--test-flags", made.tests.flags, "Show how the flags are defined, and exit");
    verb.add_flag("--test-sourcecode", made.tests.sourcecode,
                  "Show which files are the source code, and exit");
    add_text(verb, "--test-output-scalars", made.tests.output_scalars,
             "Show what the operation's patterns for scalars find in FILE ('-': standard input), "
             "and exit",
             "FILE");
    add_text(verb, "--test-output-attrs", made.tests.output_attrs,
             "The same for patterns of attributes", "FILE");
}

// Ours, not Guild's.
void add_trial_options(CLI::App& verb, run_command& made) {
    verb.add_option("--parallel", made.trials.parallel,
                    "Trials of a batch that run at the same time (1, or with GPUs of their own as "
                    "many as there are GPUs for)")
        ->check(whole_number(1))
        ->option_text("N");
    verb.add_option("--gpus-per-trial", made.trials.gpus_per_trial,
                    "GPUs that each trial of a batch has for itself")
        ->check(whole_number(1))
        ->option_text("N");
    verb.add_option("--trials-per-gpu", made.trials.trials_per_gpu,
                    "Trials of a batch that share each GPU")
        ->check(whole_number(1))
        ->option_text("N");
    verb.add_flag("--keep-going", made.trials.keep_going,
                  "Go on with a batch whose first trials all fail in the same way");
    add_text(verb, "--early-stop", made.trials.early_stop,
             "End trials of a batch that are not worth going on with: median or asha, by the "
             "objective or another SCALAR, from STEP on",
             "RULE[:SCALAR][@STEP]");
    add_text(verb, "--where", made.pool.where,
             "Of a pool: condition that the machine has to meet, as 'gpu.memory >= 24G and "
             "tag:fast'",
             "CONDITION");
    verb.add_flag("--no-queue", made.pool.no_queue,
                  "Of a pool: fail where no slot is free, instead of waiting for one");
    add_text(verb, "--only", made.only,
             "With --restart of a batch: which of its trials run again, of failed, lost, pending",
             "STATES");
}

// Ours, too, for remotes whose runs are jobs of Slurm.
void add_job_options(CLI::App& verb, run_command& made) {
    add_text(verb, "--time", made.job.time, "Time limit of the job, on a cluster", "TIME");
    add_text(verb, "--partition", made.job.partition, "Partition of the job, on a cluster", "NAME");
    verb.add_option("--sbatch", made.job.sbatch,
                    "Option of sbatch for the job, on a cluster: '--nice=10'; may be repeated")
        ->allow_extra_args(false)
        ->option_text("LINE");
}

void add_batch_options(CLI::App& verb, run_command& made) {
    add_text(verb, "-o,--optimizer", made.optimizer,
             "What makes the trials of a batch: + (all combinations), random, gp, tpe, an "
             "optimizer of the operation, or any operation",
             "NAME");
    verb.add_flag("-O,--optimize", made.optimize, "Use the operation's default optimizer, else gp");
    verb.add_option("-m,--max-trials,--trials", made.max_trials, "Most trials of a batch")
        ->check(whole_number(1))
        ->option_text("N");
    add_text(verb, "-N,--minimize", made.minimize, "Scalar that an optimizer makes small",
             "COLUMN");
    add_text(verb, "-X,--maximize", made.maximize, "Scalar that an optimizer makes large",
             "COLUMN");
    verb.add_option("--opt-flag", made.optimizer_flags,
                    "Flag of the optimizer (-Fo); may be repeated")
        ->allow_extra_args(false)
        ->option_text("FLAG=VALUE");
    verb.add_flag("--print-trials", made.print_trials, "Print the trials of a batch and exit");
    add_text(verb, "--save-trials", made.save_trials,
             "Write the trials to a batch file (.csv, .json) and exit", "PATH");
    verb.add_flag("--stage-trials", made.stage_trials, "Prepare the trials but start none");
    verb.add_option_function<std::string>(
            "--batch-label", [&made](const std::string& text) { made.batch_label = text; },
            "Label of the batch itself")
        ->option_text("TEXT");
    verb.add_option("--batch-tag", made.batch_tags, "Tag of the batch itself; may be repeated")
        ->allow_extra_args(false)
        ->option_text("TAG");
    add_text(verb, "--batch-comment", made.batch_comment, "Comment on the batch itself", "TEXT");
    verb.add_flag("--keep-batch", made.keep_batch, "Keep the run of the batch when all is done");
    verb.add_flag("--fail-on-trial-error", made.fail_on_trial_error,
                  "Stop the batch when a trial fails");
}

} // namespace

void add_run(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "run", run_help, into);
    auto& made = command_of<run_command>(*verb, into);
    // The first word without '=' is the operation; a flag may come first.
    verb->add_option_function<std::vector<std::string>>(
            "OPERATION",
            [&made](const std::vector<std::string>& words) {
                auto rest = words.begin();
                if (rest != words.end() && rest->find('=') == std::string::npos &&
                    !rest->starts_with('@')) {
                    made.operation = *rest++;
                }
                made.flags.assign(rest, words.end());
            },
            "Operation, and values of its flags")
        ->expected(0, -1)
        ->option_text("[OPERATION] [FLAG=VALUE...]");
    add_remote_option(*verb, made.remote, "Run on a remote");
    add_yes_option(*verb, into);
    add_ways_to_start(*verb, made);
    add_descriptions(*verb, made);
    add_surroundings(*verb, made);
    add_tests(*verb, made);
    verb->add_flag("-e,--edit-flags", into.edit_flags, "Edit the flags before the operation runs");
    verb->add_flag("--edit-comment", into.edit_comment, "Write the comment in an editor first");
    add_batch_options(*verb, made);
    add_trial_options(*verb, made);
    add_job_options(*verb, made);
    add_json_option(*verb, into);
}

} // namespace outrider::cli
