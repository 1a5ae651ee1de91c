#pragma once

#include "engine/remotes/transport.hpp"
#include "transports/ssh/person.hpp"
#include "transports/ssh/time_budget.hpp"
#include "transports/ssh/user_config.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace outrider::ssh {

/// Whom a child `ssh` shall reach, and why it has to be a child.
struct child_request {
    const remote& to;
    const user_config& config;
    const std::map<std::string, std::string>& environment;
    std::string why; ///< "a key of the ssh agent"
};

/// Connects by OpenSSH's own program: one `ssh` that holds the connection on a private control
/// socket, and one `ssh` for each shell, which goes through it. It asks nothing: where a person
/// would have to answer, it fails. Host keys are checked by `ssh` itself under the same policy and
/// files.
[[nodiscard]] awaitable<result<std::unique_ptr<connection>>>
connect_by_child(child_request request, person& who, time_budget& budget);

/// What `ssh` means by its last words.
[[nodiscard]] errc classify_ssh_words(std::string_view words);

} // namespace outrider::ssh
