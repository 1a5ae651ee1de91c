#include "engine/agent/machine/child_program.hpp"

#include "engine/agent/machine/signal_process.hpp"
#include "engine/agent/server/pipe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace outrider::agent {
namespace {

/// Between two looks where the kernel does not tell of an end.
constexpr std::chrono::milliseconds end_look_interval{20};

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

/// What its standard streams are.
struct child_streams {
    int input = -1; ///< -1: /dev/null
    int output = -1;
    int errors = -1;
};

[[noreturn]] void become(const prepared_child& child, const std::string& directory,
                         const child_streams& streams, int report) {
    ::setsid();
    const int input =
        streams.input >= 0 ? streams.input : ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(streams.errors, STDERR_FILENO); // first: it may be our standard output
    ::dup2(input, STDIN_FILENO);
    ::dup2(streams.output, STDOUT_FILENO);
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL); // those that cannot be changed are at their default anyway
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (::chdir(directory.c_str()) == 0) {
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
    auto input = what.asked ? make_pipe(cannot.c_str()) : result<pipe_ends>(pipe_ends{});
    auto output = make_pipe(cannot.c_str());
    auto report = make_pipe(cannot.c_str());
    for (const auto* made : {&input, &output, &report}) {
        if (!*made) {
            return made->error();
        }
    }
    prepared_child child{.file = std::move(*file),
                         .variables = environment_words(what.environment),
                         .words = pointers_to(what.words),
                         .environment = {}};
    child.environment = pointers_to(child.variables);
    std::unique_ptr<child_program> out(new child_program);
    out->pid_ = ::fork();
    if (out->pid_ == 0) {
        become(child, what.directory,
               {.input = what.asked ? input->read.get() : what.input,
                .output = output->write.get(),
                .errors = what.asked ? STDOUT_FILENO : output->write.get()},
               report->write.get());
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
    if (what.asked) {
        ::fcntl(input->write.get(), F_SETFL, O_NONBLOCK);
        out->input_ = std::move(input->write);
    }
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

void child_program::close_streams() {
    input_.reset();
    output_.reset();
}

void child_program::signal(int number) const {
    ::kill(-pid_, number); // it may be gone
}

bool child_program::ends_within(int limit_ms) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
    while (!exit_status()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            return false;
        }
        pollfd polled{.fd = end_watch_.get(), .events = POLLIN, .revents = 0};
        const auto wait = end_watch_ ? left : std::min(left, end_look_interval);
        ::poll(&polled, 1, static_cast<int>(wait.count()));
    }
    return true;
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
