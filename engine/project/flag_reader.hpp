#pragma once

#include "engine/project/guild_file.hpp"

namespace outrider {

/// Reads a flag's declaration: its default alone, or a mapping. Failure texts name the flag.
[[nodiscard]] result<flag_def> read_flag(const std::string& name, const boost::json::value& data);

} // namespace outrider
