#include "engine/agent/machine/activation.hpp"

#include "engine/agent/machine/signal_process.hpp"
#include "engine/agent/server/pipe.hpp"
#include "engine/text/shell_words.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <vector>

namespace outrider::agent {
namespace {

/// Where the shell finds the descriptor for the environment: beyond what scripts use themselves.
constexpr int environment_fd = 98;
/// What is kept of the shell's messages and of an environment, bytes.
constexpr std::size_t max_message = 4096;
/// What a person is told of the messages: the last lines say why.
constexpr std::size_t shown_lines = 5;
constexpr std::size_t max_environment = std::size_t{4} << 20;

/// Between the commands that bash tells of and the environment.
constexpr std::string_view commands_end = "\n\1outrider\1\n";

/// The script for the shell: the user's code, then the environment that it leaves. bash tells of
/// each command of the code before it runs, so that the last one is known where one fails. It is
/// one of the code itself, not of a function or file that it uses: that is what the user wrote.
/// Other shells know neither DEBUG nor a descriptor of two digits.
std::string script_for(const std::string& code, const std::string& executable) {
    // All on one line before the code, so that the shell counts the lines of the code alone.
    constexpr std::string_view before =
        R"sh(if [ -n "$BASH_VERSION" ]; then )sh"
        R"sh(trap 'printf "%s\0" "$BASH_COMMAND" >&98' DEBUG; fi; set -e; )sh";
    constexpr std::string_view after = R"sh(
if [ -n "${BASH_VERSION:-}" ]; then trap - DEBUG; printf '\n\1outrider\1\n' >&98; fi
exec )sh";
    static_assert(environment_fd == 98);
    return std::string(before) + code + std::string(after) + shell_quote(executable) +
           " print-environment 98\n";
}

/// What the shell's report ends with: the environment, or nothing if it did not come to that.
std::string_view environment_in(std::string_view report) {
    if (const auto end = report.find(commands_end); end != std::string_view::npos) {
        return report.substr(end + commands_end.size());
    }
    // The first command is ours; without any it is the report of another shell.
    return report.starts_with("set -e") ? std::string_view() : report;
}

/// The last command of those that bash told of; empty where it is not known which one failed.
std::string last_command(std::string_view told) {
    constexpr std::size_t longest = 200;
    told = told.substr(0, told.find(commands_end));
    while (told.ends_with('\0')) {
        told.remove_suffix(1);
    }
    const auto start = told.rfind('\0');
    const auto command = told.substr(start == std::string_view::npos ? 0 : start + 1);
    if (command == "set -e") {
        return {}; // ours: a group in brackets is not told of
    }
    return std::string(command.substr(0, longest)) + (command.size() > longest ? "..." : "");
}

/// The last lines of what was printed. Where the first line of the code does not parse, the shell
/// quotes it with what is before it, which is nobody's.
std::string last_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const bool ours = line.find("if [ -n \"$BASH_VERSION\" ]") != std::string_view::npos;
        if (!ours && line.find_first_not_of(" \r") != std::string_view::npos) {
            lines.push_back(line);
        }
    }
    std::string out;
    for (auto at = lines.size() - std::min(lines.size(), shown_lines); at < lines.size(); ++at) {
        out += (out.empty() ? "" : "\n") + std::string(lines[at]);
    }
    return out;
}

[[noreturn]] void become_shell(const std::string& script, const std::string& directory,
                               const pipe_ends& messages, const pipe_ends& environment) {
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
        ::execlp(shell, shell, "-c", script.c_str(), "activation", nullptr);
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
    const std::string script = script_for(code, executable);
    std::unique_ptr<activation> out(new activation);
    out->shell_ = ::fork();
    if (out->shell_ == 0) {
        become_shell(script, directory, *messages, *environment);
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
    std::string text = "the activation of the environment failed: " + how;
    if (const auto said = last_lines(message_text_); !said.empty()) {
        text += ": " + said;
    }
    return {errc::start_failed,
            text + "; check venv-path, conda-env or venv-activate in config.yml"};
}

/// How the shell ended, and by which command of the code.
std::string activation::end_of_shell(int status) const {
    // What does not parse is not run: the last command is then one before it.
    const bool parsed = message_text_.find(": syntax error") == std::string::npos;
    const auto command = parsed ? last_command(environment_text_) : std::string();
    const std::string who = command.empty() ? "the shell" : "'" + command + "'";
    if (WIFSIGNALED(status)) {
        return who + " was ended by signal " + std::to_string(WTERMSIG(status));
    }
    return who + " ended with exit code " + std::to_string(WEXITSTATUS(status));
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
            return failed("it did not end within 60 s");
        }
        if (!open) {
            events_.remove(environment_.get()); // its end follows at once and wakes us
        }
        return std::optional<environment_map>{};
    }
    shell_ = -1;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return failed(end_of_shell(status));
    }
    const auto left = environment_in(environment_text_);
    if (left.empty()) {
        return failed(end_of_shell(status)); // it ended early, with success
    }
    return std::optional(parse_environment(left));
}

job_wait activation::wait() const {
    // Without a descriptor of the shell its end is looked for.
    const auto look = clock::now() + std::chrono::milliseconds(20);
    return {.readable_fd = events_.get(),
            .deadline = shell_watch_ ? deadline_ : std::min(deadline_, look)};
}

result<std::optional<environment_map>> activated_environment::poll(const agent_context& context,
                                                                   const std::string& code) {
    if (code.empty() || code == context.activated) {
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
