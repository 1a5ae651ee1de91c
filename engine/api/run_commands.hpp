#pragma once

#include "engine/api/command_traits.hpp"
#include "engine/api/selection.hpp"

#include <boost/describe.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Commands about the life of runs: start, watch, wait, stop.
namespace outrider {

/// How the trials of a batch are dealt with.
struct trial_rules {
    /// That run at the same time; 0: one, with GPUs of their own as many as there are GPUs for, on
    /// a cluster as many as it lets.
    std::int64_t parallel = 0;
    bool keep_going = false;         ///< also where the first ones all fail in the same way
    std::string early_stop;          ///< RULE[:SCALAR][@STEP]; empty: none is ended early
    std::int64_t gpus_per_trial = 0; ///< that each has for itself; 0: as its machine is set up
    std::int64_t trials_per_gpu = 0; ///< that share each; 0: as its machine is set up
};
BOOST_DESCRIBE_STRUCT(trial_rules, (),
                      (parallel, keep_going, early_stop, gpus_per_trial, trials_per_gpu))

/// What is tried of an operation instead of running it.
struct operation_tests {
    bool flags = false;         ///< tell how they are defined
    bool sourcecode = false;    ///< tell which files it is
    std::string output_scalars; ///< try its patterns on this file; `-`: on `input`
    std::string output_attrs;   ///< the same for patterns of attributes
    std::string input;          ///< what standard input had
};
BOOST_DESCRIBE_STRUCT(operation_tests, (), (flags, sourcecode, output_scalars, output_attrs, input))

/// How a pool chooses a machine for a run.
struct pool_terms {
    std::string where;     ///< condition that the machine has to meet; empty: none
    bool no_queue = false; ///< fail where no slot is free, instead of waiting for one
};
BOOST_DESCRIBE_STRUCT(pool_terms, (), (where, no_queue))

/// How a run becomes a job of Slurm, over what its remote says.
struct job_options {
    std::string time;                ///< empty: as its remote says
    std::string partition;           ///< likewise
    std::vector<std::string> sbatch; ///< options of sbatch, on top of those of its remote

    [[nodiscard]] bool any() const {
        return !time.empty() || !partition.empty() || !sbatch.empty();
    }
};
BOOST_DESCRIBE_STRUCT(job_options, (), (time, partition, sbatch))

/// `run [-r REMOTE] [OPERATION] [FLAG=VALUE…]`. At most one of `start`, `restart` and `proto` is
/// set; `run queue` is this command with the operation "queue".
struct run_command {
    std::string remote;             ///< empty: this machine
    std::string operation;          ///< empty: the default operation of the project
    std::vector<std::string> flags; ///< NAME=VALUE as typed
    std::optional<std::string> label;
    std::vector<std::string> tags;
    std::string comment;
    bool no_wait = false;    ///< do not follow the output
    bool background = false; ///< local: as `no_wait`, and the run outlives the terminal
    bool stage = false;      ///< prepare, do not start
    std::string start;       ///< a staged run (or any) to start
    std::string restart;     ///< a run to start again in place
    std::string proto;       ///< a run whose operation, flags and source are used again
    std::optional<std::int64_t> random_seed;
    bool force_flags = false;      ///< accept undeclared flags and other values than the choices
    bool force_deps = false;       ///< start although a dependency cannot be resolved
    std::vector<std::string> deps; ///< paths or addresses that the run requires, too
    bool force_sourcecode = false; ///< copy source code anew on restart
    bool needed = false;           ///< only if there is no matching run yet
    std::optional<double> stop_after_minutes;
    std::string gpus; ///< for CUDA_VISIBLE_DEVICES; empty: not set
    bool no_gpus = false;
    bool keep_run = false;   ///< in spite of delete-on-success
    bool print_cmd = false;  ///< only print the command
    bool print_env = false;  ///< only print the environment
    bool help_op = false;    ///< only describe the operation
    bool help_model = false; ///< only describe the operation's model
    std::string pidfile;     ///< with `background`: the operation's pid is there while it runs
    operation_tests tests;   ///< only these
    pool_terms pool;         ///< where the remote is a pool
    // Of a batch:
    std::string optimizer; ///< what makes its trials: `+`, `random`, `gp`, an operation
    bool optimize = false; ///< the default optimizer of the operation does
    std::optional<std::int64_t> max_trials;
    std::string minimize;                     ///< a scalar
    std::string maximize;                     ///< a scalar
    bool print_trials = false;                ///< only print them
    std::string save_trials;                  ///< only write them to this file
    bool stage_trials = false;                ///< prepare them, start none
    std::vector<std::string> optimizer_flags; ///< NAME=VALUE as typed
    std::optional<std::string> batch_label;   ///< of the batch itself
    std::vector<std::string> batch_tags;
    std::string batch_comment;
    bool keep_batch = false;          ///< its run stays when all is done
    bool fail_on_trial_error = false; ///< a trial that fails is the last
    trial_rules trials;               ///< of a batch
    job_options job;                  ///< on a cluster
    std::string only;                 ///< of a batch that goes on: "failed,lost,pending"
    std::string run_id;               ///< empty: a new one
    std::string run_dir;              ///< local: absolute place of the run outside of a home
    bool quiet = false;               ///< recorded in `run_params`; what is shown is the client's

    static constexpr command_traits traits{.remotes = remote_rule::one_or_each,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::events};

    /// Whether it is about one run or one place, which cannot be on several machines.
    [[nodiscard]] bool takes_one_machine() const {
        return !start.empty() || !restart.empty() || !proto.empty() || !run_id.empty() ||
               !run_dir.empty();
    }
};
BOOST_DESCRIBE_STRUCT(run_command, (),
                      (remote, operation, flags, label, tags, comment, no_wait, background, stage,
                       start, restart, proto, random_seed, force_flags, force_deps, deps,
                       force_sourcecode, needed, stop_after_minutes, gpus, no_gpus, keep_run,
                       print_cmd, print_env, help_op, help_model, pidfile, tests, pool, optimizer,
                       optimize, max_trials, minimize, maximize, print_trials, save_trials,
                       stage_trials, optimizer_flags, batch_label, batch_tags, batch_comment,
                       keep_batch, fail_on_trial_error, trials, job, only, run_id, run_dir, quiet))

/// `watch [-r REMOTE] [RUN…]`; no RUN: the newest running one, of several remotes all that run.
struct watch_command {
    std::string remote;
    run_selection selection;
    std::string pid;                  ///< `-p`: a pid, a pidfile or RUN_DIR/.guild/JOB
    std::optional<std::int64_t> tail; ///< begin with the last N lines
    std::string since;                ///< begin with lines of this time: 10m, 2h, or a date
    bool all = false;                 ///< `--all`: without RUN, all that run
    bool no_follow = false;           ///< only what there is
    bool timestamps = false;          ///< `output_bytes::line_times_ms` too

    static constexpr command_traits traits{.remotes = remote_rule::together,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::without_status,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::labelled,
                                           .json = json_form::events};
};
BOOST_DESCRIBE_STRUCT(watch_command, (),
                      (remote, selection, pid, tail, since, all, no_follow, timestamps))

/// `wait [-r REMOTE] RUN…`: until all have ended, or any; ends with the run's exit code.
struct wait_command {
    std::string remote;
    run_selection selection;
    bool any = false;
    std::optional<double> timeout_seconds;

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::events};
};
BOOST_DESCRIBE_STRUCT(wait_command, (), (remote, selection, any, timeout_seconds))

/// `stop [-r REMOTE] [RUN…]`; no RUN: all that are running.
struct stop_command {
    std::string remote;
    run_selection selection;
    bool force = false;
    std::int64_t timeout_seconds = 30;
    bool no_wait = false; ///< `-n`: return once the signal was sent

    static constexpr command_traits traits{.remotes = remote_rule::each,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::without_status,
                                           .copies = copy_way::none,
                                           .outdates_memory = true,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object_of_runs};
};
BOOST_DESCRIBE_STRUCT(stop_command, (), (remote, selection, force, timeout_seconds, no_wait))

/// `operations [WORD…]`: what the project can do; words are parts of names and descriptions.
struct operations_command {
    std::vector<std::string> words;
    bool all = false; ///< hidden ones too: names that begin with '_'

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(operations_command, (), (words, all))

/// `models [WORD…]`: the models of the project; words as for operations.
struct models_command {
    std::vector<std::string> words;
    bool all = false; ///< hidden ones too: names that begin with '_'

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(models_command, (), (words, all))

/// `help [PROJECT]`: all that a project says about itself.
struct project_help_command {
    std::string project; ///< its directory; empty: the working directory

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(project_help_command, (), (project))

/// `init [DIR]`: makes a Guild home below a directory.
struct init_command {
    std::string directory; ///< empty: the working directory

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::none,
                                           .filters = filter_rule::none,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(init_command, (), (directory))

using run_commands =
    boost::mp11::mp_list<run_command, watch_command, wait_command, stop_command, operations_command,
                         models_command, project_help_command, init_command>;

} // namespace outrider
