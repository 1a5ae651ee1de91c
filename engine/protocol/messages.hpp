#pragma once

#include "engine/protocol/children_choice.hpp"
#include "engine/protocol/dependency.hpp"
#include "engine/protocol/slot.hpp"
#include "engine/protocol/slurm_job.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The messages between a client (the engine) and an agent. Each request names its reply;
/// `frame.hpp` says how they travel. Paths of a home may be relative to the far home directory and
/// may start with
/// `~/`; run ids are directory names (no '/', not '.' or '..'); the agent checks both. Byte strings
/// travel in JSON strings unchanged.
namespace outrider::protocol {

inline constexpr int version = 1;

// ---- machines -------------------------------------------------------------------------------

/// What identifies and describes the agent's machine. Evidence about a process holds only where
/// `machine_id` and `pid_namespace` are equal.
struct machine_facts {
    std::string machine_id;    ///< /etc/machine-id, or the host name where there is none
    std::string boot_id;       ///< /proc/sys/kernel/random/boot_id
    std::string pid_namespace; ///< link text of /proc/self/ns/pid
    std::string host_name;
    std::string user;
    std::string home;         ///< absolute home directory of the user
    std::string architecture; ///< uname -m
    std::string system;       ///< uname -s and -r
    std::int64_t time_us = 0; ///< µs since the epoch there, when the agent wrote this
    std::int64_t agent_pid = 0;
    std::string cache_directory; ///< where the agent keeps itself and packages
};
BOOST_DESCRIBE_STRUCT(machine_facts, (),
                      (machine_id, boot_id, pid_namespace, host_name, user, home, architecture,
                       system, time_us, agent_pid, cache_directory))

/// The first frame of an agent.
struct hello {
    int version = 0;
    std::string build; ///< content hash of the agent's executable
    machine_facts machine;
};
BOOST_DESCRIBE_STRUCT(hello, (), (version, build, machine))

/// A failed request. `code` is the name of an `errc`.
struct failure_message {
    std::string code;
    std::string context;
};
BOOST_DESCRIBE_STRUCT(failure_message, (), (code, context))

struct pong {
    std::int64_t time_us = 0;
};
BOOST_DESCRIBE_STRUCT(pong, (), (time_us))
struct ping {
    using reply = pong;
    static constexpr std::string_view name = "ping";
};
BOOST_DESCRIBE_STRUCT(ping, (), ())

// ---- runs -----------------------------------------------------------------------------------

BOOST_DEFINE_ENUM_CLASS(
    process_state,
    none,      ///< no such process was ever recorded
    alive,     ///< proven to be the recorded process, and not a zombie
    gone,      ///< proven gone: ended, zombie, pid reused, or machine rebooted
    elsewhere) ///< recorded by another machine or pid namespace: not decidable here

/// Why a run ended or did not start, beside Guild's own attributes. Kept in
/// `.guild/outrider/reason`, travels with a pull.
struct end_reason {
    std::string kind; ///< exited, signal, stopped, out_of_memory, rebooted, failed_to_launch,
                      ///< supervisor_killed, start_interrupted
    std::string detail;
};
BOOST_DESCRIBE_STRUCT(end_reason, (), (kind, detail))

/// What an agent reports of one run directory: facts, no judgement. `engine/runs/run_status.hpp`
/// makes the status of it.
struct run_facts {
    std::string id;
    std::string directory;                         ///< absolute
    std::string opref;                             ///< bytes of .guild/opref
    std::map<std::string, std::string> attributes; ///< bytes of those asked for that exist
    bool pending = false;
    bool staged = false;
    bool terminated_remote = false;
    std::optional<std::string> remote_lock; ///< content of LOCK.remote
    std::optional<std::string> lock;        ///< content of LOCK
    process_state operation = process_state::none;
    process_state supervisor = process_state::none;
    process_state starter = process_state::none; ///< the agent that prepares the run
    std::int64_t operation_pid = 0;              ///< from LOCK, 0 if there is none
    std::string owner_host; ///< host name of the machine that holds the processes, if elsewhere
    std::optional<end_reason> reason;
    std::optional<job_facts> job; ///< of a run that is a job
};
BOOST_DESCRIBE_STRUCT(run_facts, (),
                      (id, directory, opref, attributes, pending, staged, terminated_remote,
                       remote_lock, lock, operation, supervisor, starter, operation_pid, owner_host,
                       reason, job))

/// A part of the reply to `list_runs`; at most 200 runs each.
struct run_batch {
    static constexpr std::string_view name = "run_batch";
    std::vector<run_facts> runs;
};
BOOST_DESCRIBE_STRUCT(run_batch, (), (runs))
struct run_list {
    std::string home;       ///< absolute
    std::int64_t total = 0; ///< runs there, before `newest` cut them
};
BOOST_DESCRIBE_STRUCT(run_list, (), (home, total))
/// Lists the runs of a home, newest first by `started`, else `initialized`, else last; a home or
/// `runs` that does not exist is empty. `exit_status`, `started` and `initialized` are always read.
struct list_runs {
    using reply = run_list;
    static constexpr std::string_view name = "list_runs";
    std::string home;
    bool trash = false;                  ///< list trash/runs instead of runs
    std::vector<std::string> ids;        ///< only these; empty: all
    std::int64_t newest = 0;             ///< at most this many; 0: all
    std::vector<std::string> attributes; ///< names to report
};
BOOST_DESCRIBE_STRUCT(list_runs, (), (home, trash, ids, newest, attributes))

/// One configured pattern (`output-scalars`).
struct scalar_pattern {
    std::string name;    ///< of the scalar; empty: the pattern's groups name what they find
    std::string pattern; ///< a regular expression, aliases like `\key` replaced
};
BOOST_DESCRIBE_STRUCT(scalar_pattern, (), (name, pattern))
/// What the supervisor takes for scalars in the output of an operation.
struct output_scalar_rules {
    bool defaults = true; ///< lines `KEY: NUMBER`, also with `(step N)` at their end
    std::vector<scalar_pattern> patterns;
    std::vector<std::string> ignored; ///< keys that the default does not take: names of flags
};
BOOST_DESCRIBE_STRUCT(output_scalar_rules, (), (defaults, patterns, ignored))

/// A part of the reply to `start_run` and `start_staged`: a line about a step that takes long.
struct start_progress {
    static constexpr std::string_view name = "start_progress";
    std::string line;
};
BOOST_DESCRIBE_STRUCT(start_progress, (), (line))
struct start_reply {
    run_facts run;
    bool existed = false; ///< the run was already started by an earlier request with this id
    double seconds = 0;   ///< that the start took
    std::string warning;  ///< what the person should know though the run started; may be empty
    std::vector<std::string> resolved; ///< what was done about dependencies, a line each
    std::string not_met; ///< why the operation was not started: a dependency; empty: it was
};
BOOST_DESCRIBE_STRUCT(start_reply, (), (run, existed, seconds, warning, resolved, not_met))
/// Makes a run directory and starts its operation under a supervisor. Idempotent by `run_id`. The
/// reply comes when the operation has been executed (or could not be: `start_failed`, and no run is
/// left behind). In `command` and `environment`, `${python_exe}`, `${run_dir}`, `${support_dir}`
/// and
/// `${home}` are replaced by the agent, which alone knows them.
struct start_run {
    using reply = start_reply;
    static constexpr std::string_view name = "start_run";
    std::string home;
    std::string run_id;
    std::string opref;                             ///< one line, without the final newline
    std::map<std::string, std::string> attributes; ///< YAML text by name, as it goes to attrs/
    std::vector<std::string> command;
    std::map<std::string, std::string> environment; ///< put on top of the inherited one
    std::string activation;                         ///< shell code run before, may be empty
    std::string package;            ///< hash of the package whose files are copied into the run
    std::string manifest;           ///< bytes of .guild/manifest
    std::string operation;          ///< name for the supervisor's command line
    std::vector<std::string> flags; ///< NAME=VALUE for the supervisor's command line
    bool stage = false;             ///< prepare the run, do not start its operation
    std::string run_dir;            ///< absolute; empty: the run's place in the home
    std::string source_run;         ///< a run of the home whose source code is copied; or empty
    std::int64_t stop_after_ms = 0; ///< the supervisor stops the operation then; 0: never
    bool delete_on_success = false; ///< the run is removed if it exits with 0
    bool background = false;        ///< write `.guild/JOB`, as Guild's background runs have it
    std::string dependency_package; ///< hash of the package of files that it requires; or empty
    std::vector<dependency> dependencies; ///< in the order in which they are resolved
    bool force_deps = false;              ///< start although a dependency cannot be resolved
    std::string pidfile; ///< absolute: the operation's pid is there while it runs; or empty
    output_scalar_rules output_scalars;
    output_scalar_rules output_attributes; ///< the same for values that are text
    std::vector<std::string> secrets;      ///< variables that no file of the run may hold
    std::string python_requires;           ///< what `${python_exe}` has to fulfil; or empty
    bool source_proto = false; ///< of `source_run` the source code of its proto is copied
    bool pending = false;      ///< prepare the run and leave it pending, for its parent to start
    bool trash_on_success = false; ///< the run is moved to the trash if it exits with 0
    std::string children; ///< hash of the package with the plan of its children (children_plan.hpp)
    /// Lines of a requirements.txt: the operation runs in an environment that has them. Parts
    /// `start_progress` tell while one is made, and there is no limit of 120 s then.
    std::vector<std::string> requirements;
    std::vector<std::string> constraints; ///< of `requirements`, as a `-c` file has them
    bool record_packages = false;         ///< write `pip_freeze`, once the operation runs
    std::optional<slurm_job>
        slurm;        ///< it is a job of Slurm: the reply comes once that was submitted
    slot_rules needs; ///< it starts where a slot by these rules is free, else `no_free_slot`
};
BOOST_DESCRIBE_STRUCT(start_run, (),
                      (home, run_id, opref, attributes, command, environment, activation, package,
                       manifest, operation, flags, stage, run_dir, source_run, stop_after_ms,
                       delete_on_success, background, dependency_package, dependencies, force_deps,
                       pidfile, output_scalars, output_attributes, secrets, python_requires,
                       source_proto, pending, trash_on_success, children, requirements, constraints,
                       record_packages, slurm, needs))

/// Starts the operation of a run that is there: one that is staged, or one that has ended, which
/// then starts again in place, its exit status and output replaced. Needs nothing but what was
/// recorded when the run was made, so that a queue can ask for it. Idempotent by `token`: a
/// repeated request whose start has happened finds the run. `conflict` if the run is running,
/// `unsupported` if there is no record of how to start it (Guild made it) and no `command` is
/// given. A start that fails leaves the run staged.
struct start_staged {
    using reply = start_reply;
    static constexpr std::string_view name = "start_staged";
    std::string home;
    std::string run_id;
    std::string token;                ///< made by the client, one for each start that it wants
    bool only_staged = false;         ///< `conflict` unless the run is staged
    std::vector<std::string> command; ///< instead of the recorded one; empty: that
    std::map<std::string, std::string> environment; ///< with `command` instead of the recorded
                                                    ///< one, otherwise on top of it
    std::string activation;                         ///< with `command` only
    std::map<std::string, std::string> attributes;  ///< YAML text by name, written before the start
    std::vector<std::string> flags;                 ///< with `command` only
    std::string operation;                          ///< with `command` only
    std::string package;                            ///< copied over the source code; or empty
    std::string manifest;                           ///< with `package` only
    std::int64_t stop_after_ms = -1;                ///< -1: as recorded
    bool background = false;
    std::string dependency_package; ///< hash of the package of files that it requires; or empty
    std::vector<dependency> dependencies; ///< instead of the recorded ones; empty: those
    bool force_deps = false;              ///< start although a dependency cannot be resolved
    std::string resolved; ///< JSON of attrs/deps, for a run that another program made; or empty
    std::string children; ///< as of `start_run`, instead of the plan that the run has; or empty
    std::optional<bool> trash_on_success;  ///< nothing: as recorded
    std::vector<std::string> requirements; ///< with `command` only; empty: as recorded
    std::vector<std::string> constraints;  ///< of `requirements`
    std::optional<children_choice> chosen; ///< of its children; nothing: all as planned
    std::optional<slurm_job> slurm;        ///< instead of the recorded one; nothing: as recorded
    bool slurm_if_none = false;            ///< `slurm` counts only where none is recorded
};
BOOST_DESCRIBE_STRUCT(start_staged, (),
                      (home, run_id, token, only_staged, command, environment, activation,
                       attributes, flags, operation, package, manifest, stop_after_ms, background,
                       dependency_package, dependencies, force_deps, resolved, children,
                       trash_on_success, requirements, constraints, chosen, slurm, slurm_if_none))

struct stop_reply {
    bool was_running = false;
    std::vector<std::int64_t> survivors; ///< pids that did not go; of a job: its id
    run_facts run;                       ///< after the stop
};
BOOST_DESCRIBE_STRUCT(stop_reply, (), (was_running, survivors, run))
/// Stops the processes of a run: replies when they are gone and the status is on disk.
struct stop_run {
    using reply = stop_reply;
    static constexpr std::string_view name = "stop_run";
    std::string home;
    std::string run_id;
    bool force = false;               ///< SIGKILL what is left after the timeout
    std::int64_t timeout_ms = 30'000; ///< to wait for processes after SIGTERM
    bool no_wait = false;             ///< reply once the operation was sent SIGTERM
    std::string stopped_by;           ///< USER@HOST of the person, for the reason
    std::string reason;               ///< all of the reason, where no person stops it; or empty
    std::string run_dir;              ///< absolute; empty: the run's place in the home
};
BOOST_DESCRIBE_STRUCT(stop_run, (),
                      (home, run_id, force, timeout_ms, no_wait, stopped_by, reason, run_dir))

struct follow_end {
    std::int64_t offset = 0; ///< bytes of output that exist
    run_facts run;
};
BOOST_DESCRIBE_STRUCT(follow_end, (), (offset, run))
/// Sends the output of a run from a byte offset as `data` frames, as it is written; replies when
/// the run has ended and everything was sent, or at once after the present end if `follow` is
/// false. An offset beyond the end (the file was replaced) starts again from 0 with an
/// `output_restarted` part. Of `tail_lines`, `since_us` and `since_ago_us` one at most is set; it
/// decides the offset instead, and an `output_begins` part tells it before any data. With
/// `line_times` a part of that name stands before each `data` frame in which lines begin. Of a
/// batch `children_progress` parts tell how far it is, when that has changed.
struct follow_output {
    using reply = follow_end;
    static constexpr std::string_view name = "follow_output";
    std::string home;
    std::string run_id;
    std::int64_t offset = 0;
    bool follow = true;
    std::vector<std::string> attributes;      ///< to report in the reply
    std::optional<std::int64_t> tail_lines;   ///< only the last so many of what exists
    std::optional<std::int64_t> since_us;     ///< only lines since then, µs since the epoch
    std::optional<std::int64_t> since_ago_us; ///< only lines of the last so many µs
    std::string run_dir;                      ///< absolute; empty: the run's place in the home
    bool line_times = false;                  ///< tell when lines were written, too
};
BOOST_DESCRIBE_STRUCT(follow_output, (),
                      (home, run_id, offset, follow, attributes, tail_lines, since_us, since_ago_us,
                       run_dir, line_times))
struct output_begins {
    static constexpr std::string_view name = "output_begins";
    std::int64_t offset = 0;
};
BOOST_DESCRIBE_STRUCT(output_begins, (), (offset))
struct output_restarted {
    static constexpr std::string_view name = "output_restarted";
    std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(output_restarted, (), (size))
/// Why a followed run that is a job is not getting on, whenever that has changed: it is pending, or
/// Slurm gives no answer.
struct run_waits {
    static constexpr std::string_view name = "run_waits";
    std::string why; ///< as the `detail` of its reason; empty: it gets on
};
BOOST_DESCRIBE_STRUCT(run_waits, (), (why))
/// When each line that begins in the next `data` frame was written, by the index of the output; a
/// line that has no entry there yet: when the output was written last.
struct line_times {
    static constexpr std::string_view name = "line_times";
    std::vector<std::int64_t> times_ms; ///< ms since the epoch there
};
BOOST_DESCRIBE_STRUCT(line_times, (), (times_ms))

/// A run directory that was only a link: it is gone, and what it led to stays.
struct removed_link {
    std::string run_id;
    std::string target; ///< absolute
};
BOOST_DESCRIBE_STRUCT(removed_link, (), (run_id, target))
struct delete_reply {
    std::vector<std::string> deleted;
    std::vector<removed_link> links; ///< instead of the runs that they led to
};
BOOST_DESCRIBE_STRUCT(delete_reply, (), (deleted, links))
/// Moves runs to the trash (an existing one of the same id there is renamed), or removes them for
/// good. A run whose processes are alive is refused with `conflict` before anything is deleted.
struct delete_runs {
    using reply = delete_reply;
    static constexpr std::string_view name = "delete_runs";
    std::string home;
    std::vector<std::string> ids;
    bool permanent = false;
};
BOOST_DESCRIBE_STRUCT(delete_runs, (), (home, ids, permanent))

// ---- files ----------------------------------------------------------------------------------

BOOST_DEFINE_ENUM_CLASS(file_type, regular, directory, link, other)

struct file_entry {
    std::string path; ///< relative to the root, '/' between components
    file_type type = file_type::regular;
    std::int64_t size = 0;     ///< bytes; 0 unless regular
    std::int64_t mtime_ns = 0; ///< since the epoch, of the machine that holds the file
    std::uint32_t mode = 0;    ///< permission bits
    std::string target;        ///< of a link
};
BOOST_DESCRIBE_STRUCT(file_entry, (), (path, type, size, mtime_ns, mode, target))

/// A part of the reply to `list_files`; at most 500 entries each.
struct file_batch {
    static constexpr std::string_view name = "file_batch";
    std::vector<file_entry> entries;
};
BOOST_DESCRIBE_STRUCT(file_batch, (), (entries))
struct file_list {
    std::string directory; ///< absolute path of the run
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(file_list, (), (directory, total))
/// Everything below a run directory, parents before children, names in byte order.
struct list_files {
    using reply = file_list;
    static constexpr std::string_view name = "list_files";
    std::string home;
    std::string run_id;
    bool follow_links = false; ///< report what links point to, and descend (never in a circle)
};
BOOST_DESCRIBE_STRUCT(list_files, (), (home, run_id, follow_links))

struct package_state {
    bool present = false;
};
BOOST_DESCRIBE_STRUCT(package_state, (), (present))
struct find_package {
    using reply = package_state;
    static constexpr std::string_view name = "find_package";
    std::string package;
};
BOOST_DESCRIBE_STRUCT(find_package, (), (package))

struct file_content {
    std::string path; ///< absolute
    std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(file_content, (), (path, size))
/// Sends one file of a run as `data` frames. `path` is relative to the run and may lead outside
/// through a link of the run's owner, as `cat` would.
struct read_file {
    using reply = file_content;
    static constexpr std::string_view name = "read_file";
    std::string home;
    std::string run_id;
    std::string path;
};
BOOST_DESCRIBE_STRUCT(read_file, (), (home, run_id, path))

struct abandoned {
    bool done = false;
};
BOOST_DESCRIBE_STRUCT(abandoned, (), (done))
/// Tells a copy of a far run that nothing more will be learned of it: writes why, and takes the
/// markers away. Refused with `conflict` if the run is one of this machine's own that is alive. A
/// copy that is not there stays so.
struct abandon_copy {
    using reply = abandoned;
    static constexpr std::string_view name = "abandon_copy";
    std::string home;
    std::string run_id;
    end_reason reason;
};
BOOST_DESCRIBE_STRUCT(abandon_copy, (), (home, run_id, reason))

} // namespace outrider::protocol
