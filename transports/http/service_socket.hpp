#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"

#include <map>
#include <string>

namespace outrider {

/// Where the service of a user listens: `OUTRIDER_SOCKET`; or `outrider/serve.sock` in
/// `XDG_RUNTIME_DIR`, in `/run/user/UID` if that is the user's, or in the user's cache directory.
[[nodiscard]] std::string service_socket(const std::map<std::string, std::string>& environment);

/// What stands at a place.
enum class socket_state {
    absent,
    ours,    ///< a socket of this user, in a directory where nobody else can put one
    foreign, ///< something that others may have put there: it is not used
};
[[nodiscard]] socket_state look_at_socket(const std::string& place);

/// A connection to the socket at a place, whose other end is a process of this user. Blocks, for a
/// Unix socket not for long. Fails with `not_found` where nobody listens, `permission_denied` where
/// it is another user's.
[[nodiscard]] result<descriptor> connect_to_service(const std::string& place);

/// A listening socket, and the lock that keeps the place as long as it is held: also a killed
/// service holds none.
struct held_socket {
    descriptor listener;
    descriptor lock;
};
/// Takes a place: makes the directory (0700), locks, removes the socket that a killed service left,
/// and listens (0600). Fails with `conflict` where a service is running.
[[nodiscard]] result<held_socket> take_socket(const std::string& place);

/// Whether the process at the other end of a Unix socket is of this user.
[[nodiscard]] bool is_of_this_user(int socket) noexcept;

} // namespace outrider
