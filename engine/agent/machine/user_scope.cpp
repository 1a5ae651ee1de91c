#include "engine/agent/machine/logout.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

namespace outrider::agent {
namespace {

/// Longest that the user's manager may take, seconds.
constexpr unsigned call_limit = 5;

// Where the user's bus is, if nobody said so: a login without PAM does not.
void name_runtime_directory() {
    const std::string usual = "/run/user/" + std::to_string(::getuid());
    if (::access(usual.c_str(), F_OK) == 0) {
        ::setenv("XDG_RUNTIME_DIR", usual.c_str(), 0);
    }
}

[[noreturn]] void become_call(std::vector<std::string>& words) {
    ::alarm(call_limit); // survives the exec: a manager that does not answer is not waited for
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2; ++fd) {
        ::dup2(null, fd);
    }
    name_runtime_directory();
    std::vector<char*> pointers;
    for (auto& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
}

} // namespace

result<> enter_user_scope(const std::string& run_id, const std::string& busctl) {
    // StartTransientUnit(name, mode, properties, auxiliary units), org.freedesktop.systemd1(5).
    std::vector<std::string> words{busctl,
                                   "--user",
                                   "--quiet",
                                   "call",
                                   "org.freedesktop.systemd1",
                                   "/org/freedesktop/systemd1",
                                   "org.freedesktop.systemd1.Manager",
                                   "StartTransientUnit",
                                   "ssa(sv)a(sa(sv))",
                                   "outrider-" + run_id + ".scope",
                                   "fail",
                                   "2",
                                   "PIDs",
                                   "au",
                                   "1",
                                   std::to_string(::getpid()),
                                   "CollectMode",
                                   "s",
                                   "inactive-or-failed",
                                   "0"};
    const pid_t child = ::fork();
    if (child == 0) {
        become_call(words);
    }
    int status = 0;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return failure(errc::io_failed, "the user's systemd did not make a scope for the run");
    }
    return {};
}

} // namespace outrider::agent
