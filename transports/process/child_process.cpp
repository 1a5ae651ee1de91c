#include "transports/process/child_process.hpp"

#include "engine/core/find_program.hpp"
#include "engine/reactor/blocking.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace outrider {
namespace {

/// Bytes that a stream to a child holds, as far as the system allows: fewer turns for the same
/// bytes.
constexpr int stream_room = 1 << 20;

/// The settings of posix_spawn, freed together.
class spawn_settings {
  public:
    explicit spawn_settings(const child_options& options) {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        const int given[] = {options.standard_input, options.standard_output,
                             options.standard_error};
        for (int number = 0; number < 3; ++number) {
            if (given[number] >= 0) {
                ::posix_spawn_file_actions_adddup2(&actions, given[number], number);
            } else {
                ::posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0);
            }
        }
        // Libraries open descriptors without CLOEXEC; a child that kept one would hold a dead
        // connection open.
        ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        struct stat info{};
        const bool usable = !options.directory.empty() &&
                            ::stat(options.directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
        ::posix_spawn_file_actions_addchdir_np(&actions, usable ? options.directory.c_str() : "/");
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
    }
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;
    ~spawn_settings() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& text : texts) {
        out.push_back(text.data());
    }
    out.push_back(nullptr);
    return out;
}

/// Ends and reaps a child that nobody waits for any more; runs on the blocking pool.
void end_child(int pidfd, pid_t pid) {
    const descriptor owned(pidfd);
    pollfd ended{.fd = pidfd, .events = POLLIN, .revents = 0};
    ::kill(pid, SIGTERM); // the child is not reaped yet, so the pid is still its own
    if (::poll(&ended, 1, 2000) <= 0) {
        ::kill(pid, SIGKILL);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
}

} // namespace

result<std::pair<descriptor, descriptor>> stream_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return errno_failure(errno, "make a socket pair");
    }
    for (const int end : ends) {
        ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &stream_room, sizeof stream_room);
    }
    return std::pair{descriptor(ends[0]), descriptor(ends[1])};
}

child_process::child_process(asio::posix::stream_descriptor pidfd, pid_t pid)
    : pidfd_(std::move(pidfd)), pid_(pid) {}

result<child_process> child_process::start(const asio::any_io_executor& executor,
                                           const child_options& options) {
    const std::string program = find_program(options.command.at(0), options.environment);
    if (program.empty()) {
        return failure(errc::not_found, "start " + options.command[0] + ": not found in PATH");
    }
    std::vector<std::string> arguments = options.command;
    std::vector<std::string> variables;
    for (const auto& [name, value] : options.environment) {
        variables.push_back(name + '=' + value);
    }
    spawn_settings settings(options);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, program.c_str(), &settings.actions, &settings.attributes,
                                    pointers(arguments).data(), pointers(variables).data());
    if (error != 0) {
        return errno_failure(error, "start " + program);
    }
    // glibc 2.36 declares its wrapper for C only.
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (pidfd < 0) {
        const int reason = errno;
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return errno_failure(reason, "watch " + program);
    }
    return child_process(asio::posix::stream_descriptor(executor, pidfd), pid);
}

child_process::~child_process() {
    if (!pidfd_.is_open()) {
        return; // moved from, or ended
    }
    const int pidfd = pidfd_.release();
    asio::post(blocking_pool(), [pidfd, pid = pid_] { end_child(pidfd, pid); });
}

awaitable<int> child_process::wait() {
    while (!ended_) {
        co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        siginfo_t info{};
        if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG) == 0 &&
            info.si_pid == pid_) {
            ended_ = true;
            status_ = info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
            boost::system::error_code ignored;
            pidfd_.close(ignored);
        }
    }
    co_return status_;
}

awaitable<bool> child_process::wait_for(std::chrono::milliseconds limit) {
    using namespace asio::experimental::awaitable_operators;
    if (ended_) {
        co_return true;
    }
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    std::ignore = co_await (wait() || timer.async_wait(asio::use_awaitable));
    co_return ended_;
}

bool child_process::running() {
    if (ended_) {
        return false;
    }
    pollfd end{.fd = pidfd_.native_handle(), .events = POLLIN, .revents = 0};
    return ::poll(&end, 1, 0) == 0;
}

void child_process::signal(int number) {
    if (!ended_) {
        ::kill(pid_, number);
    }
}

} // namespace outrider
