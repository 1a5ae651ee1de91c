#pragma once

#include "engine/remotes/agent_images.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// The script for a far `/bin/sh` that finds, takes and executes the agent. It is one compound
/// command, so that a shell that reads in blocks has all of it before it runs any. It answers with
/// lines that begin with `nonce`:
///
///     NONCE agent DIRECTORY        the agent in that cache directory is executed now
///     NONCE need ARCHITECTURE gzip|raw   send this agent's bytes, compressed or not
///     NONCE bad DIRECTORY: WHY     that directory cannot hold or execute it
///     NONCE none                   no directory can; the shell ends
///     NONCE machine KIND           no agent for this kind of machine; the shell ends
[[nodiscard]] std::string bootstrap_script(std::string_view nonce,
                                           std::span<const agent_image> images,
                                           const std::vector<std::string>& shared_directories);

} // namespace outrider
