#pragma once

#include "cli/invocation.hpp"
#include "cli/render/surroundings.hpp"
#include "engine/api/commands.hpp"

#include <map>
#include <string>

namespace outrider::cli {

/// The environment of this process.
[[nodiscard]] std::map<std::string, std::string> own_environment();

/// What the engine has to know of this process to answer in its place. `-C` and `-H` are made
/// absolute. The directory need not be there: whoever works on its files says so.
[[nodiscard]] command_context context_of(const invocation& asked,
                                         std::map<std::string, std::string> environment);

/// Where the person is who gave `context` and wants text coloured like this.
[[nodiscard]] surroundings surroundings_of(const command_context& context,
                                           colour_choice wanted = colour_choice::automatic);

} // namespace outrider::cli
