#include "engine/agent/machine/child_program.hpp"

#include "engine/agent/machine/signal_process.hpp"
#include "engine/agent/server/pipe.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace outrider::agent {
namespace {

/// Everything that the child needs after the fork, where nothing may be allocated.
struct prepared_child {
    std::string file;
    std::vector<std::string> variables;
    std::vector<char*> words;
    std::vector<char*> environment;
};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const auto& text : texts) {
        out.push_back(const_cast<char*>(text.c_str())); // execve does not write to them
    }
    out.push_back(nullptr);
    return out;
}

[[noreturn]] void become(const prepared_child& child, const program_start& what, int output,
                         int report) {
    ::setsid();
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(what.input >= 0 ? what.input : null, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL); // those that cannot be changed are at their default anyway
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (::chdir(what.directory.c_str()) == 0) {
        ::execve(child.file.c_str(), child.words.data(), child.environment.data());
    }
    const int error = errno;
    std::ignore = ::write(report, &error, sizeof error); // nobody else to tell
    ::_exit(127);
}

// Nothing comes where the program was executed: its copy of the pipe is closed by that.
int read_error(int report) {
    int error = 0;
    ssize_t got = 0;
    do {
        got = ::read(report, &error, sizeof error);
    } while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(sizeof error) ? error : 0;
}

result<std::string> file_of(const program_start& what) {
    if (what.words.empty() || what.words.front().empty()) {
        return failure(errc::bad_input, "no program is named");
    }
    const std::string& name = what.words.front();
    if (name.find('/') != std::string::npos) {
        return name;
    }
    std::string found = find_executable(what.environment, name);
    if (found.empty()) {
        return failure(errc::not_found, "there is no program '" + name + "'");
    }
    return found;
}

} // namespace

result<std::unique_ptr<child_program>> child_program::start(const program_start& what) {
    auto file = file_of(what);
    if (!file) {
        return file.error();
    }
    const std::string cannot = "cannot execute " + what.words.front();
    auto output = make_pipe(cannot.c_str());
    auto report = make_pipe(cannot.c_str());
    if (!output || !report) {
        return output ? report.error() : output.error();
    }
    prepared_child child{.file = std::move(*file),
                         .variables = environment_words(what.environment),
                         .words = pointers_to(what.words),
                         .environment = {}};
    child.environment = pointers_to(child.variables);
    std::unique_ptr<child_program> out(new child_program);
    out->pid_ = ::fork();
    if (out->pid_ == 0) {
        become(child, what, output->write.get(), report->write.get());
    }
    if (out->pid_ < 0) {
        return errno_failure(errno, cannot);
    }
    report->write.reset();
    if (const int error = read_error(report->read.get()); error != 0) {
        const auto kind = error == ENOENT ? errc::not_found : errc::start_failed;
        return failure(kind, cannot + " in " + what.directory + ": " + std::strerror(error));
    }
    ::fcntl(output->read.get(), F_SETFL, O_NONBLOCK);
    out->output_ = std::move(output->read);
    const auto process = read_process(out->pid_);
    out->end_watch_ = watch_process(process ? process->mark() : process_mark{});
    return out;
}

child_program::~child_program() {
    if (pid_ <= 0) {
        return;
    }
    // The group outlives its leader: what the program left behind goes as well. The leader is not
    // reaped before, so that the number means this group and no other.
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::optional<int> child_program::exit_status() const {
    siginfo_t ended{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        ended.si_pid != pid_) {
        return std::nullopt;
    }
    return ended.si_code == CLD_EXITED ? ended.si_status : -ended.si_status;
}

} // namespace outrider::agent
