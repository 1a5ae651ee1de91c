#include "engine/agent/machine/activation.hpp"

#include "engine/agent/machine/signal_process.hpp"
#include "engine/agent/server/pipe.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace outrider::agent {
namespace {

/// Where the shell finds the descriptor for the environment: beyond what scripts use themselves.
constexpr int environment_fd = 98;
/// What is kept of the shell's messages and of an environment, bytes.
constexpr std::size_t max_message = 4096;
constexpr std::size_t max_environment = std::size_t{4} << 20;

[[noreturn]] void become_shell(const std::string& script, const std::string& executable,
                               const std::string& directory, const pipe_ends& messages,
                               const pipe_ends& environment) {
    ::setsid(); // a group of its own, so that all of it can be killed
    ::signal(SIGPIPE, SIG_DFL);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(null, STDIN_FILENO);
    ::dup2(messages.write.get(), STDOUT_FILENO);
    ::dup2(messages.write.get(), STDERR_FILENO);
    ::dup2(environment.write.get(), environment_fd);
    if (::chdir(directory.c_str()) != 0) {
        ::chdir("/");
    }
    for (const char* shell : {"bash", "sh"}) {
        ::execlp(shell, shell, "-c", script.c_str(), executable.c_str(), nullptr);
    }
    ::_exit(127);
}

/// Reads what is there; false at the end. Keeps at most `limit` bytes, the last ones.
bool drain(int fd, std::string& text, std::size_t limit) {
    std::array<char, 65536> chunk;
    for (;;) {
        const auto got = ::read(fd, chunk.data(), chunk.size());
        if (got < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        if (got == 0) {
            return false;
        }
        text.append(chunk.data(), static_cast<std::size_t>(got));
        if (text.size() > limit) {
            text.erase(0, text.size() - limit);
        }
    }
}

} // namespace

result<std::unique_ptr<activation>> activation::begin(const std::string& code,
                                                      const std::string& executable,
                                                      const std::string& directory) {
    auto messages = make_pipe("cannot run the activation code");
    auto environment = make_pipe("cannot run the activation code");
    if (!messages || !environment) {
        return messages ? environment.error() : messages.error();
    }
    for (const auto* pipe : {&*messages, &*environment}) {
        ::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK);
    }
    const std::string script = "set -e\n" + code + "\nexec \"$0\" print-environment " +
                               std::to_string(environment_fd) + "\n";
    std::unique_ptr<activation> out(new activation);
    out->shell_ = ::fork();
    if (out->shell_ == 0) {
        become_shell(script, executable, directory, *messages, *environment);
    }
    if (out->shell_ < 0) {
        return errno_failure(errno, "cannot run the activation code");
    }
    out->messages_ = std::move(messages->read);
    out->environment_ = std::move(environment->read);
    const auto shell = read_process(out->shell_);
    out->shell_watch_ = watch_process(shell ? shell->mark() : process_mark{});
    out->events_.add(out->environment_.get());
    if (out->shell_watch_) {
        out->events_.add(out->shell_watch_.get());
    }
    out->events_.add(out->messages_.get());
    return out;
}

activation::~activation() {
    if (shell_ > 0) {
        ::kill(-shell_, SIGKILL);
        ::kill(shell_, SIGKILL); // not yet a group leader
        ::waitpid(shell_, nullptr, 0);
    }
}

failure activation::failed(const std::string& how) const {
    std::string text = "the activation of the environment " + how;
    if (!message_text_.empty()) {
        text += ": " + message_text_.substr(0, message_text_.find_last_not_of(" \n") + 1);
    }
    return {errc::start_failed,
            text + "; check venv-path, conda-env or venv-activate in config.yml"};
}

result<std::optional<environment_map>> activation::poll() {
    // The shell's end counts, not that of its pipes: a daemon that it started may hold them. Looked
    // at first, so that what it wrote before its end is read below.
    int status = 0;
    const bool shell_ended = ::waitpid(shell_, &status, WNOHANG) == shell_;
    if (messages_ && !drain(messages_.get(), message_text_, max_message)) {
        events_.remove(messages_.get()); // at its end it would be readable for ever
        messages_.reset();
    }
    const bool open = drain(environment_.get(), environment_text_, max_environment);
    if (!shell_ended) {
        if (clock::now() >= deadline_) {
            return failed("did not end within 60 s");
        }
        if (!open) {
            events_.remove(environment_.get()); // its end follows at once and wakes us
        }
        return std::optional<environment_map>{};
    }
    shell_ = -1;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || environment_text_.empty()) {
        return failed("failed");
    }
    return std::optional(parse_environment(environment_text_));
}

job_wait activation::wait() const {
    // Without a descriptor of the shell its end is looked for.
    const auto look = clock::now() + std::chrono::milliseconds(20);
    return {.readable_fd = events_.get(),
            .deadline = shell_watch_ ? deadline_ : std::min(deadline_, look)};
}

result<std::optional<environment_map>> activated_environment::poll(const agent_context& context,
                                                                   const std::string& code) {
    if (code.empty()) {
        return std::optional(inherited_environment());
    }
    if (!activation_) {
        auto begun = activation::begin(code, context.executable, context.machine.home);
        if (!begun) {
            return begun.error();
        }
        activation_ = std::move(*begun);
    }
    auto environment = activation_->poll();
    if (!environment || environment->has_value()) {
        activation_.reset();
    }
    return environment;
}

} // namespace outrider::agent
