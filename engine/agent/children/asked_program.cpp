#include "engine/agent/children/asked_program.hpp"

#include "engine/agent/server/pipe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace outrider::agent {
namespace {

using clock = std::chrono::steady_clock;

/// Longest line of an answer, bytes.
constexpr std::size_t longest_answer = std::size_t{1} << 20;
/// How long a program has to end by itself once its input is closed.
constexpr int end_looks = 100;
constexpr int end_look_ms = 20;

// Where a program that is a file of the project is looked for.
std::string directory_of(const std::vector<std::string>& words, const parent_run& parent,
                         const std::string& project) {
    const std::string proto = parent.run.proto().native();
    const bool in_proto = std::ranges::any_of(words, [&](const std::string& word) {
        return !word.empty() && !word.starts_with('/') &&
               ::access((proto + "/" + word).c_str(), F_OK) == 0;
    });
    return in_proto || ::access(project.c_str(), F_OK) != 0 ? proto : project;
}

/// What a child gets: the two pipes, a directory, a group and signals of its own.
class spawn_settings {
  public:
    spawn_settings(int input, int output, const std::string& directory) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        // Its messages stand among those of the batch.
        ::posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
        ::posix_spawnattr_init(&attributes_);
        sigset_t signals;
        ::sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        for (const int number : {SIGTERM, SIGINT, SIGPIPE}) {
            ::sigaddset(&signals, number);
        }
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                                     POSIX_SPAWN_SETSIGMASK);
    }
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;
    ~spawn_settings() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    int spawn(pid_t& pid, const std::vector<std::string>& words) const {
        std::vector<char*> arguments;
        for (const auto& word : words) {
            arguments.push_back(const_cast<char*>(word.c_str())); // NOLINT: exec takes them so
        }
        arguments.push_back(nullptr);
        return ::posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(),
                              environ);
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

std::string quoted_name(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) {
        out += (out.empty() ? "" : " ") + word;
    }
    return "optimizer '" + out + "'";
}

} // namespace

result<std::unique_ptr<asked_program>> asked_program::start(const protocol::optimizer_program& what,
                                                            const parent_run& parent,
                                                            const std::string& project,
                                                            const descriptor& signals) {
    const std::string name = quoted_name(what.words);
    auto input = make_pipe("cannot start the optimizer");
    auto output = make_pipe("cannot start the optimizer");
    if (!input || !output) {
        return input ? output.error() : input.error();
    }
    if (what.words.empty()) {
        return failure(errc::start_failed, name + " is no command");
    }
    std::unique_ptr<asked_program> out(
        new asked_program(name, std::chrono::milliseconds(what.answer_limit_ms), signals));
    const spawn_settings settings(input->read.get(), output->write.get(),
                                  directory_of(what.words, parent, project));
    if (const int error = settings.spawn(out->pid_, what.words); error != 0) {
        out->pid_ = -1;
        return failure(errc::start_failed, name + " cannot be started: " + ::strerror(error));
    }
    out->input_ = std::move(input->write);
    out->output_ = std::move(output->read);
    for (const int file : {out->input_.get(), out->output_.get()}) {
        ::fcntl(file, F_SETFL, O_NONBLOCK);
    }
    return out;
}

asked_program::~asked_program() {
    input_.reset();
    output_.reset();
    if (pid_ < 0) {
        return;
    }
    for (int looks = 0; looks < end_looks; ++looks) {
        if (::waitpid(pid_, nullptr, WNOHANG) != 0) {
            return;
        }
        if (looks == end_looks / 2) {
            ::kill(-pid_, SIGTERM);
        }
        ::poll(nullptr, 0, end_look_ms);
    }
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

// Why nothing comes any more: it is ended if it is not already.
failure asked_program::ended() {
    output_.reset();
    input_.reset();
    int status = 0;
    for (int looks = 0; ::waitpid(pid_, &status, WNOHANG) == 0; ++looks) {
        if (looks == end_looks) {
            ::kill(-pid_, SIGKILL);
        }
        ::poll(nullptr, 0, end_look_ms);
    }
    pid_ = -1;
    return {errc::start_failed,
            name_ + " ended (" +
                (WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                     : "exit " + std::to_string(WEXITSTATUS(status))) +
                ") instead of suggesting a trial"};
}

result<> asked_program::wait_for(int file, short events, clock::time_point deadline) const {
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
        if (left <= 0) {
            return failure(
                errc::timed_out,
                name_ + " did not answer within " +
                    std::to_string(std::chrono::ceil<std::chrono::seconds>(limit_).count()) + " s");
        }
        std::array<pollfd, 2> polled{{{.fd = file, .events = events, .revents = 0},
                                      {.fd = signals_.get(), .events = POLLIN, .revents = 0}}};
        ::poll(polled.data(), polled.size(),
               static_cast<int>(std::min<std::int64_t>(left, 60'000)));
        if (polled[1].revents != 0) {
            return failure(errc::cancelled, "stopped");
        }
        if (polled[0].revents != 0) {
            return {};
        }
    }
}

result<> asked_program::say(const std::string& line) {
    const auto deadline = clock::now() + limit_;
    const std::string text = line + "\n";
    for (std::size_t put = 0; put < text.size();) {
        const auto got = ::write(input_.get(), &text[put], text.size() - put);
        if (got > 0) {
            put += static_cast<std::size_t>(got);
        } else if (errno == EAGAIN || errno == EINTR) {
            if (auto ready = wait_for(input_.get(), POLLOUT, deadline); !ready) {
                return ready;
            }
        } else {
            return ended();
        }
    }
    return {};
}

result<std::string> asked_program::answer() {
    const auto deadline = clock::now() + limit_;
    std::array<char, 65536> piece;
    for (;;) {
        if (const auto end = read_.find('\n'); end != read_.npos) {
            std::string line = read_.substr(0, end);
            read_.erase(0, end + 1);
            return line;
        }
        if (read_.size() > longest_answer) {
            return failure(errc::bad_input, name_ + " answered a line of more than 1 MiB");
        }
        const auto got = ::read(output_.get(), piece.data(), piece.size());
        if (got > 0) {
            read_.append(piece.data(), static_cast<std::size_t>(got));
        } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (auto ready = wait_for(output_.get(), POLLIN, deadline); !ready) {
                return ready.error();
            }
        } else {
            return ended();
        }
    }
}

} // namespace outrider::agent
