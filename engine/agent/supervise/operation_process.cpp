#include "engine/agent/supervise/operation_process.hpp"

#include "engine/agent/server/pipe.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

namespace outrider::agent {
namespace {

struct child_pipes {
    pipe_ends barrier;
    pipe_ends exec_result;
    pipe_ends output;
    std::optional<pipe_ends> error; // nothing: with the output
};

void reset_signals() {
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL); // those that cannot be changed are at their default anyway
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become_operation(const operation_words& command, const std::string& directory,
                                   const child_pipes& pipes) {
    ::setsid();
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(null, STDIN_FILENO);
    ::dup2(pipes.output.write.get(), STDOUT_FILENO);
    ::dup2((pipes.error ? pipes.error->write : pipes.output.write).get(), STDERR_FILENO);
    std::vector<char*> words;
    for (const auto& word : command.words) {
        words.push_back(const_cast<char*>(word.c_str())); // execvp does not write to them
    }
    words.push_back(nullptr);
    char go = 0;
    if (::read(pipes.barrier.read.get(), &go, 1) != 1) {
        ::_exit(127); // the supervisor gave up
    }
    reset_signals();
    for (const auto& [name, value] : command.variables) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    int error = 0;
    if (::chdir(directory.c_str()) != 0) {
        error = errno;
    } else {
        ::execvp(words[0], words.data());
        error = errno;
    }
    std::ignore =
        ::write(pipes.exec_result.write.get(), &error, sizeof error); // nobody else to tell
    ::_exit(127);
}

} // namespace

result<operation_process> operation_process::fork(const operation_words& command,
                                                  const std::string& directory) {
    if (command.words.empty()) {
        return failure(errc::bad_input, "the operation has no command");
    }
    const char* one_pipe = std::getenv("SYNC_RUN_OUTPUT");
    auto barrier = make_pipe("cannot start the operation");
    auto exec_result = make_pipe("cannot start the operation");
    auto output = make_pipe("cannot start the operation");
    auto error = make_pipe("cannot start the operation");
    if (!barrier || !exec_result || !output || !error) {
        return errno_failure(errno, "cannot start the operation");
    }
    child_pipes pipes{std::move(*barrier), std::move(*exec_result), std::move(*output), {}};
    if (one_pipe == nullptr || std::string_view(one_pipe) != "1") {
        pipes.error = std::move(*error);
    }
    const pid_t child = ::fork();
    if (child == 0) {
        pipes.barrier.write.reset(); // else its own copy would keep the barrier from ending
        become_operation(command, directory, pipes);
    }
    if (child < 0) {
        return errno_failure(errno, "cannot start the operation");
    }
    operation_process out;
    out.program_ = command.words.front();
    const auto stat = read_process(child);
    out.mark_ = {child, stat ? stat->start : 0};
    out.barrier_ = std::move(pipes.barrier.write);
    out.exec_result_ = std::move(pipes.exec_result.read);
    out.standard_output = std::move(pipes.output.read);
    if (pipes.error) {
        out.standard_error = std::move(pipes.error->read);
    }
    return out;
}

result<> operation_process::release() {
    std::ignore = ::write(barrier_.get(), "g", 1); // a child that died shows in the read below
    barrier_.reset();
    int error = 0;
    const auto got = ::read(exec_result_.get(), &error, sizeof error);
    exec_result_.reset();
    if (got == 0) {
        return {};
    }
    ::waitpid(static_cast<pid_t>(mark_.pid), nullptr, 0);
    return failure(errc::start_failed,
                   "cannot execute " + program_ + ": " + std::strerror(error) +
                       (error == ENOENT ? "; install it there or correct the operation" : ""));
}

} // namespace outrider::agent
