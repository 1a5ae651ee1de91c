#pragma once

#include "engine/reactor/awaitable.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace outrider::ssh {

/// The public keys (base64) that the ssh agent at this socket holds; at most two seconds.
[[nodiscard]] awaitable<result<std::vector<std::string>>> list_agent_keys(std::string socket_path);

/// Reads the body of an SSH_AGENT_IDENTITIES_ANSWER (draft-miller-ssh-agent, 3.5), the type byte
/// included.
[[nodiscard]] result<std::vector<std::string>> parse_agent_answer(std::string_view body);

} // namespace outrider::ssh
