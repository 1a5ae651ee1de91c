#pragma once

#include "engine/api/commands.hpp"
#include "engine/project/flag_values.hpp"
#include "engine/project/recorded_operation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// How a batch comes to its trials.
enum class batch_kind : std::uint8_t {
    grid,    ///< `+`: every combination and the trials of batch files, all known beforehand
    random,  ///< drawn by the seed, all known beforehand
    search,  ///< by our sampler or a program that is asked, from the trials that have ended
    program, ///< an operation is the optimizer: it gets the prototype and makes trials itself
};

/// What makes the trials of a batch.
struct optimizer_choice {
    batch_kind kind = batch_kind::grid;
    std::string operation; ///< as oprefs and listings show it: "+", "skopt:gp", "corners"
    /// The command line of a program that a search asks for its trials; empty: our sampler.
    std::vector<std::string> program;
    double answer_seconds = 300;    ///< longest that the program may take for one
    std::vector<std::string> flags; ///< NAME=VALUE: of the project, then those that were typed
};

/// What an optimizer is chosen by.
struct optimizer_sources {
    const operation_def& op;
    const flag_values& flags;
    const run_command& command;
    std::size_t trials = 0; ///< that batch files list
    /// The program of a batch from which the plan is made, or null: its name means that program,
    /// whatever the project calls so by now.
    const recorded_optimizer* recorded = nullptr;
};

/// Whether flags and options make a batch, and what its trials come from; nothing for a single run.
/// Fails as Guild does.
[[nodiscard]] result<std::optional<optimizer_choice>>
choose_optimizer(const optimizer_sources& from);

/// Whether an optimizer of this name is built in.
[[nodiscard]] bool is_builtin_optimizer(std::string_view name);

/// The operation of an optimizer that is built in, with its flags; none for a program.
[[nodiscard]] std::optional<operation_def> optimizer_operation(const optimizer_choice& choice);

/// What a search looks at: a column of `compare`, with a `-` before it where it is to be large.
[[nodiscard]] std::string objective_of(const operation_def& op, const run_command& command);

} // namespace outrider
