#pragma once

#include "engine/project/guild_file.hpp"

namespace outrider {

/// What an operation takes from around it.
struct operation_surroundings {
    std::string model;                     ///< name of its model
    const boost::json::object& model_data; ///< its model, for what that says for all of them
};

/// Reads one operation, `$include` and inheritance resolved. Fails with `bad_project` where Guild
/// refuses the whole file; everything else that stands in the way only makes it `refused`.
[[nodiscard]] result<operation_def> read_operation(const std::string& name,
                                                   const boost::json::object& data,
                                                   const operation_surroundings& around);

/// Whether `main` can name that module: `unsupported` for what Guild runs by modules of its own
/// (`guild.plugins.…`, a notebook, a script in R).
[[nodiscard]] result<> check_module(const std::string& module);

} // namespace outrider
