#include "transports/http/service_socket.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace outrider {
namespace {

constexpr mode_t others = S_IRWXG | S_IRWXO;
constexpr mode_t other_writers = S_IWGRP | S_IWOTH;

std::string variable(const std::map<std::string, std::string>& environment, const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

bool is_own_directory(const std::string& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) &&
           facts.st_uid == ::getuid() && (facts.st_mode & other_writers) == 0;
}

result<sockaddr_un> address_of(const std::string& place) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (place.size() >= sizeof address.sun_path) {
        return failure(errc::bad_input, "the path of the service's socket is too long (" + place +
                                            "): name a shorter one by OUTRIDER_SOCKET");
    }
    std::memcpy(address.sun_path, place.c_str(), place.size() + 1);
    return address;
}

const sockaddr* general(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

result<descriptor> new_socket() {
    descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!made) {
        return errno_failure(errno, "no socket");
    }
    return made;
}

result<> make_own_directory(const std::string& path) {
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
    if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return errno_failure(errno, path);
    }
    if (!is_own_directory(path)) {
        return failure(errc::permission_denied,
                       path + " belongs to others, or others may write to it: no socket there");
    }
    return {};
}

} // namespace

std::string service_socket(const std::map<std::string, std::string>& environment) {
    if (auto named = variable(environment, "OUTRIDER_SOCKET"); !named.empty()) {
        return named;
    }
    constexpr const char* name = "/outrider/serve.sock";
    if (const auto runtime = variable(environment, "XDG_RUNTIME_DIR"); runtime.starts_with('/')) {
        return runtime + name;
    }
    if (const auto usual = "/run/user/" + std::to_string(::getuid()); is_own_directory(usual)) {
        return usual + name;
    }
    const auto cache = variable(environment, "XDG_CACHE_HOME");
    return (cache.starts_with('/') ? cache : variable(environment, "HOME") + "/.cache") + name;
}

socket_state look_at_socket(const std::string& place) {
    struct stat facts{};
    if (::lstat(place.c_str(), &facts) != 0) {
        return errno == ENOENT || errno == ENOTDIR ? socket_state::absent : socket_state::foreign;
    }
    const auto directory = std::filesystem::path(place).parent_path().string();
    const bool ours = S_ISSOCK(facts.st_mode) && facts.st_uid == ::getuid() &&
                      (facts.st_mode & others) == 0 && is_own_directory(directory);
    return ours ? socket_state::ours : socket_state::foreign;
}

result<descriptor> connect_to_service(const std::string& place) {
    switch (look_at_socket(place)) {
    case socket_state::absent:
        return failure(errc::not_found, "no service is running");
    case socket_state::foreign:
        return failure(errc::permission_denied,
                       place + " is no socket that only this user can have made: not used");
    case socket_state::ours:
        break;
    }
    const auto address = address_of(place);
    if (!address) {
        return address.error();
    }
    auto made = new_socket();
    if (!made) {
        return made.error();
    }
    if (::connect(made->get(), general(*address), sizeof *address) != 0) {
        return failure(errc::not_found, "no service is running");
    }
    if (!is_of_this_user(made->get())) {
        return failure(errc::permission_denied, "the service at " + place + " is another user's");
    }
    return made;
}

result<held_socket> take_socket(const std::string& place) {
    const auto address = address_of(place);
    if (!address) {
        return address.error();
    }
    if (auto made = make_own_directory(std::filesystem::path(place).parent_path()); !made) {
        return made.error();
    }
    const auto lock_path = place + ".lock";
    descriptor lock(
        ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!lock) {
        return errno_failure(errno, lock_path);
    }
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return failure(errc::conflict, "a service is running already\nTo see it use '{program} "
                                       "serve status', to end it '{program} serve stop'");
    }
    // Whoever made it is gone, for the lock was free.
    ::unlink(place.c_str());
    auto listener = new_socket();
    if (!listener) {
        return listener.error();
    }
    const mode_t before = ::umask(others | S_IXUSR);
    const int bound = ::bind(listener->get(), general(*address), sizeof *address);
    const int why = errno;
    ::umask(before);
    if (bound != 0) {
        return errno_failure(why, place);
    }
    if (::listen(listener->get(), SOMAXCONN) != 0) {
        return errno_failure(errno, place);
    }
    return held_socket{.listener = std::move(*listener), .lock = std::move(lock)};
}

bool is_of_this_user(int socket) noexcept {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           peer.uid == ::getuid();
}

} // namespace outrider
