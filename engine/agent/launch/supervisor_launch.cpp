#include "engine/agent/launch/supervisor_launch.hpp"

#include "engine/agent/server/pipe.hpp"
#include "engine/json/described_json.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace outrider::agent {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (auto& word : words) {
        out.push_back(word.data());
    }
    out.push_back(nullptr);
    return out;
}

// Runs in the first child: leaves the agent's session, and leaves the supervisor to init.
[[noreturn]] void detach_and_execute(char** words, char** environment, int report, int lock) {
    ::setsid();
    const pid_t child = ::fork();
    if (child != 0) {
        ::_exit(child < 0 ? 1 : 0);
    }
    // Above the numbers they are going to have, so that neither overwrites the other.
    report = ::fcntl(report, F_DUPFD_CLOEXEC, 10);
    lock = ::fcntl(lock, F_DUPFD_CLOEXEC, 10);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2; ++fd) {
        ::dup2(null, fd);
    }
    ::dup2(report, supervisor_report_fd);
    ::dup2(lock, supervisor_lock_fd);
    ::close_range(5, ~0U, 0); // what the agent itself inherited; not on kernels before 5.9
    ::chdir("/");
    ::execve("/proc/self/exe", words, environment);
    ::_exit(127);
}

bool is_inherited(int fd, mode_t type) {
    struct stat facts{};
    return ::fstat(fd, &facts) == 0 && (facts.st_mode & S_IFMT) == type;
}

} // namespace

result<descriptor> launch_supervisor(const run_paths& run, const supervisor_words& words,
                                     const environment_map& environment, const descriptor& lock) {
    auto pipe = make_pipe("cannot start the supervisor");
    if (!pipe) {
        return pipe.error();
    }
    std::vector<std::string> arguments{"outrider-agent",       "guild",        "run", "--run-dir",
                                       run.directory.native(), words.operation};
    arguments.insert(arguments.end(), words.flags.begin(), words.flags.end());
    std::vector<std::string> variables = environment_words(environment);
    auto argument_pointers = pointers_to(arguments);
    auto variable_pointers = pointers_to(variables);

    const pid_t child = ::fork();
    if (child == 0) {
        detach_and_execute(argument_pointers.data(), variable_pointers.data(), pipe->write.get(),
                           lock.get());
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) < 0 || status != 0) {
        return errno_failure(errno, "cannot start the supervisor");
    }
    ::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK);
    return std::move(pipe->read);
}

void report_start(const result<>& started, const std::string& warning) {
    start_report text{.warning = warning};
    if (!started) {
        errc kind = started.error().kind();
        if (kind != errc::no_space && kind != errc::permission_denied && kind != errc::conflict &&
            kind != errc::no_free_slot) {
            kind = errc::start_failed; // what else went wrong is said by the context
        }
        text.error = {.code = std::string(errc_name(kind)), .context = started.error().context};
    }
    if (is_inherited(supervisor_report_fd, S_IFIFO)) {
        const std::string bytes = protocol::encode(text);
        std::ignore =
            ::write(supervisor_report_fd, bytes.data(), bytes.size()); // agent may be gone
        ::close(supervisor_report_fd);
    }
    if (is_inherited(supervisor_lock_fd, S_IFREG)) {
        ::close(supervisor_lock_fd); // the start is over
    }
}

bool is_launched() {
    return is_inherited(supervisor_report_fd, S_IFIFO) && is_inherited(supervisor_lock_fd, S_IFREG);
}

} // namespace outrider::agent
