#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/events.hpp"
#include "engine/core/result.hpp"
#include "engine/project/dependency_plan.hpp"
#include "engine/project/recorded_operation.hpp"
#include "engine/project/source_files.hpp"
#include "engine/project/source_flags.hpp"
#include "engine/protocol/messages.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

struct batch_plan;

/// Everything that the project says about a run, before any machine is asked.
struct run_plan {
    std::string operation;         ///< as prompts show it: "sleep", "model:op"
    std::string project_directory; ///< absolute; of a script: where its source code begins
    std::vector<flag_shown> flags; ///< for the preview, natural order
    std::string distribution;      ///< "gpkg.anonymous-9eb29cd1"
    std::string package_version;   ///< "0.0.0"
    std::string wheel;             ///< "gpkg.anonymous_9eb29cd1-0.0.0-py2.py3-none-any.whl"
    std::string package;           ///< content hash of `sources`, the name that agents keep it by
    std::vector<source_file> sources;
    std::vector<std::string> notes;        ///< warnings for people
    std::vector<std::string> start_notes;  ///< the same, of what a run will lack: told as it starts
    protocol::start_run start;             ///< all but `home` and `activation`
    bool builtin = false;                  ///< of no project: nothing is packed
    flag_map flag_values;                  ///< of the run
    std::vector<resource_def> resources;   ///< what the run requires
    dependency_sources required;           ///< what that is resolved with
    std::string dependency_package;        ///< content hash of `dependencies`; empty without any
    std::vector<source_file> dependencies; ///< files that the run requires
    /// The plan of a sweep (`batch_plan.hpp`), of which this is the prototype; null: a single run.
    std::shared_ptr<const batch_plan> batch;
    /// The operation if it is a pipeline, whose steps are still to be planned; else null.
    std::shared_ptr<const operation_def> pipeline;
};

/// What a plan is made for.
struct run_request {
    run_command command;
    command_context context;
    bool remote = false; ///< another home than this machine's default one
    std::string run_id;
    std::int64_t now_us = 0; ///< µs since the epoch
    /// The run whose operation, flags and source code are used (`--proto`), or that starts again.
    std::optional<recorded_run> from;
    std::map<std::string, std::string> required_runs; ///< ids by the flag that may name another
    bool again = false;  ///< `from` starts again: it keeps what is not asked for anew
    bool single = false; ///< no batch: lists and functions among its flags are values
    bool step = false;   ///< of a pipeline: it is the project's operation wherever it runs
};

/// The other runs that an operation depends on.
struct required_reading {
    std::vector<required_operation> operations;
    std::vector<std::string> notes; ///< what is odd about the resources of the project
    std::optional<failure> failed;  ///< why they cannot be told
};
/// Reads the project as `plan_run` does. What a run that starts again has already is left out;
/// `supplied` is filled in for what was typed or recorded.
[[nodiscard]] required_reading required_operations_of(const run_request& request);

/// Finds the operation in the project of the working directory, checks its flags, selects and
/// hashes its source code, and writes the start request. Reads local files and asks git: run it
/// where it may block. `{program}` in failure texts stands for the name the program was called by.
[[nodiscard]] result<run_plan> plan_run(const run_request& request);

/// The same for an operation that was chosen already.
[[nodiscard]] result<run_plan> plan_operation(const run_request& request, chosen_operation chosen);

/// Resolves what the run requires, as far as it is in the project or was downloaded, and puts it
/// into the plan: reads all of it, so it comes after the person has agreed.
[[nodiscard]] result<> resolve_required(run_plan& plan);

} // namespace outrider
