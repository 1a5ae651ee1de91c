#pragma once

#include "engine/api/compare_events.hpp"
#include "engine/api/edit_events.hpp"
#include "engine/api/machine_events.hpp"
#include "engine/api/query_events.hpp"
#include "engine/api/run_events.hpp"
#include "engine/api/service_events.hpp"
#include "engine/core/result.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the engine tells about a command, in order, as plain described structs. A client renders
/// them; `command_ended` is always the last. Texts for people are the client's, except in failures
/// and notes.
namespace outrider {

BOOST_DEFINE_ENUM_CLASS(question_kind, run, stage, start, remove, remove_permanently, restore,
                        purge, stop, pull, push, change, change_for_good, copy_resources,
                        remote_start, remote_stop, secret)

/// What a batch will do, for the question.
struct batch_shown {
    std::string optimizer;              ///< "+", "skopt:random", "skopt:gp", an operation
    std::optional<std::int64_t> trials; ///< nothing: not known
    std::string objective;              ///< of a search: a scalar, with a `-` where it is maximized
    std::vector<flag_shown> flags;      ///< of the optimizer
    bool files = false;                 ///< its trials have flags of their own
    bool stage_trials = false;          ///< they are only prepared
};
BOOST_DESCRIBE_STRUCT(batch_shown, (), (optimizer, trials, objective, flags, files, stage_trials))

/// The engine waits for what `command_client::ask` returns. Never sent when the context says
/// `assume_yes`, except
/// `secret`.
struct question {
    question_kind kind = question_kind::run;
    std::string remote;               ///< empty: this machine
    std::string operation;            ///< run, stage, start
    std::string run_id;               ///< start: of the run that is there
    std::vector<flag_shown> flags;    ///< run, stage, start
    std::vector<run_row> runs;        ///< all that are about runs which exist
    std::vector<std::string> remotes; ///< several that the question is about; `remote` is empty
    std::string text;        ///< secret: what to ask; change: what is about to happen; pull,
                             ///< push: " with delete" where files are removed as well
    bool echo = false;       ///< secret: whether the answer may be seen
    bool background = false; ///< run, start: nobody waits for it
    std::optional<batch_shown> batch; ///< run, stage, start: what is started is a batch
};
BOOST_DESCRIBE_STRUCT(question, (),
                      (kind, remote, operation, run_id, flags, runs, remotes, text, echo,
                       background, batch))

/// Something the user should know; `warning` marks what may be wrong.
struct note {
    bool warning = false;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(note, (), (warning, text))

/// A command that has several remotes failed on one of them; it goes on with the others.
struct remote_failed {
    std::string remote;
    std::string code;         ///< name of an `errc`
    std::string message;      ///< for people
    bool unreachable = false; ///< the machine could not be asked: nothing is known to have happened
};
BOOST_DESCRIBE_STRUCT(remote_failed, (), (remote, code, message, unreachable))

/// The last event. Success has no failure; `exit_status` is the operation's for a local `run`.
/// Of several remotes, `unreachable_in_part` says that all that could be reached did it.
struct command_ended {
    std::optional<failure> error;
    std::optional<std::int64_t> exit_status;
};

using event = std::variant<
    // run_events.hpp
    run_progress, run_staged, run_not_needed, command_printed, trials_listed, operation_help,
    operations_listed, model_help, models_listed, project_help, flags_tested, sourcecode_tested,
    output_tested, run_left_running, watch_started, output_bytes, batch_progress, run_ended,
    runs_waited, stop_progress,
    // query_events.hpp
    runs_listed, run_described, runs_selected, files_listed, program_wanted,
    // compare_events.hpp
    runs_compared, scalars_listed,
    // edit_events.hpp
    nothing_selected, runs_deleted, runs_restored, runs_edited, tags_listed, comments_listed,
    // machine_events.hpp
    run_copying, run_resolving, copy_progress, run_copied, copy_planned, copy_summary,
    remotes_listed, remote_available, machine_checked, machine_examined,
    // service_events.hpp
    job_added, jobs_listed, jobs_removed,
    // of every command
    question, note, remote_failed, command_ended>;

} // namespace outrider
