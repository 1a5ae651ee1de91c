#pragma once

#include "engine/project/guild_file.hpp"

namespace outrider {

/// What an operation takes from around it.
struct operation_surroundings {
    std::string model;                     ///< name of its model
    const boost::json::object& model_data; ///< for `sourcecode` and other defaults of the model
    const boost::json::object& operations; ///< of the model, for `$include`
    const boost::json::object& configs;    ///< shared configurations by name
};

/// Reads one operation. Failure texts begin with "operation 'NAME': ".
[[nodiscard]] result<operation_def> read_operation(const std::string& name,
                                                   const boost::json::value& data,
                                                   const operation_surroundings& around);

/// Reads `sourcecode` on top of what `into` holds.
[[nodiscard]] result<> read_sourcecode(const boost::json::value& data, sourcecode_def& into);

} // namespace outrider
