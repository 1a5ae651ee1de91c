#include "cli/child_program.hpp"

#include <cerrno>
#include <csignal>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace outrider::cli {
namespace {

// What a program needs to start as if a shell had started it.
class spawn_settings {
  public:
    explicit spawn_settings(const program_start& what) {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        // Where it was deleted the program starts in what is left of it, as this one did.
        if (!what.directory.empty() && ::access(what.directory.c_str(), X_OK) == 0) {
            ::posix_spawn_file_actions_addchdir_np(&actions, what.directory.c_str());
        }
        if (what.input >= 0) {
            ::posix_spawn_file_actions_adddup2(&actions, what.input, STDIN_FILENO);
        }
        sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    }
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;
    ~spawn_settings() {
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&actions);
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

} // namespace

result<pid_t> start_program(const program_start& what) {
    std::vector<char*> words;
    for (const auto& word : what.words) {
        words.push_back(const_cast<char*>(word.c_str())); // not written to
    }
    words.push_back(nullptr);
    const spawn_settings settings(what);
    pid_t child = -1;
    const int error = ::posix_spawnp(&child, words.front(), &settings.actions, &settings.attributes,
                                     words.data(), environ);
    if (error == ENOENT) {
        return failure(errc::not_found, "cannot start '" + what.words.front() + "': not found");
    }
    if (error != 0) {
        return errno_failure(error, "cannot start '" + what.words.front() + "'");
    }
    return child;
}

int wait_for_program(pid_t child) {
    constexpr int first_signal = 128;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return 1;
        }
    }
    return WIFSIGNALED(status) ? first_signal + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace outrider::cli
