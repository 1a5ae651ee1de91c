#pragma once

#include "engine/protocol/messages.hpp"
#include "engine/remotes/agent_client.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Everything below a run directory, parents before children.
struct file_listing {
    std::string directory; ///< absolute, on the machine that holds it
    std::vector<protocol::file_entry> entries;
};

/// Asks an agent for the files of a run; bounded at two million entries. `not_found` if there is no
/// such run directory.
[[nodiscard]] awaitable<result<file_listing>> fetch_file_list(agent_client& agent,
                                                              protocol::list_files request);

} // namespace outrider
