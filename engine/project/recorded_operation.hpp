#pragma once

#include "engine/project/chosen_operation.hpp"
#include "engine/project/flag_values.hpp"
#include "engine/protocol/children_plan.hpp"

#include <map>
#include <optional>
#include <string>

namespace outrider {

/// The program that a batch asks for its trials, and the name that people call it by.
struct recorded_optimizer {
    std::string name;
    protocol::optimizer_program program;
};

/// A run that another one is made from, or that starts again.
struct recorded_run {
    std::string id;
    std::string opref;                             ///< bytes of .guild/opref
    std::map<std::string, std::string> attributes; ///< YAML text by name
    bool proto = false; ///< it is what the trials of batch `id` are made from
    std::optional<recorded_optimizer> optimizer; ///< proto: of its batch, if it asks a program
};

/// The attributes that `recorded_operation` and plans made from a run read.
[[nodiscard]] std::vector<std::string> recorded_attributes();

/// An attribute as a value; null where it is missing or cannot be read.
[[nodiscard]] boost::json::value attribute_of(const recorded_run& run, const std::string& name);

/// The flags that a run recorded: `flags` or `user_flags`.
[[nodiscard]] flag_map recorded_flags(const recorded_run& run, const std::string& attribute);

/// The operation of a run as its `op` attribute froze it, the run's flags as defaults. How flags
/// are declared (types, choices), and which optimizers it has, comes from the project of
/// `directory` where it has the operation.
/// `bad_input` where the run has recorded no operation.
[[nodiscard]] result<chosen_operation> recorded_operation(const recorded_run& run,
                                                          const std::string& directory);

} // namespace outrider
