#include "engine/project/captured_program.hpp"

#include "engine/core/find_program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace outrider {
namespace {

constexpr std::size_t most_output_bytes = std::size_t{64} << 20;
using clock = std::chrono::steady_clock;

/// The child and the reading end of its pipe; both are gone when this is.
struct child {
    pid_t pid = -1;
    int out = -1;

    child() = default;
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        if (out >= 0) {
            ::close(out);
        }
        if (pid > 0) {
            ::kill(pid, SIGKILL);
            std::ignore = wait(); // only so that no zombie stays
        }
    }
    int wait() {
        int status = 0;
        while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        pid = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
};

result<> start(child& into, const std::vector<std::string>& words,
               const std::map<std::string, std::string>& environment, error_output errors) {
    // By the PATH of the environment that it gets: this process may be a service with another one.
    const std::string program = find_program(words.front(), environment);
    if (program.empty()) {
        return errno_failure(ENOENT, "cannot execute " + words.front());
    }
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return errno_failure(errno, "cannot make a pipe");
    }
    into.out = ends[0];
    std::vector<char*> arguments;
    for (const auto& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    std::vector<std::string> pairs;
    for (const auto& [name, value] : environment) {
        pairs.push_back(name + "=" + value);
    }
    std::vector<char*> variables;
    for (auto& pair : pairs) {
        variables.push_back(pair.data());
    }
    variables.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    if (errors == error_output::merged) {
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    } else {
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    }
    const int error = ::posix_spawn(&into.pid, program.c_str(), &actions, nullptr, arguments.data(),
                                    variables.data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) {
        into.pid = -1;
        return errno_failure(error, "cannot execute " + words.front());
    }
    return {};
}

} // namespace

result<captured_output> capture_program(const std::vector<std::string>& words,
                                        const std::map<std::string, std::string>& environment,
                                        std::chrono::milliseconds limit, error_output errors) {
    const auto deadline = clock::now() + limit;
    child running;
    if (auto started = start(running, words, environment, errors); !started) {
        return started.error();
    }
    captured_output out;
    std::array<char, 65536> buffer{};
    while (true) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now());
        pollfd readable{.fd = running.out, .events = POLLIN, .revents = 0};
        const int ready =
            left.count() <= 0 ? 0 : ::poll(&readable, 1, static_cast<int>(left.count()));
        if (ready == 0) {
            return failure(errc::timed_out, words.front() + " took too long");
        }
        const auto got = ready < 0 ? -1 : ::read(running.out, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return errno_failure(errno, "cannot read the output of " + words.front());
        }
        if (got == 0) {
            break;
        }
        out.bytes.append(buffer.data(), static_cast<std::size_t>(got));
        if (out.bytes.size() > most_output_bytes) {
            return failure(errc::io_failed, words.front() + " writes too much");
        }
    }
    out.exit_status = running.wait();
    return out;
}

} // namespace outrider
