#include "engine/agent/machine/forked_answer.hpp"

#include "engine/agent/server/pipe.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace outrider::agent {
namespace {

/// Answers are small; a longer one is cut off.
constexpr std::size_t longest_forked_answer = std::size_t{4} << 20;

// Runs in the new process. Nothing of the agent's stays open: it may end before this one does.
[[noreturn]] void answer(const std::function<std::string()>& work, int into) {
    constexpr int kept = 3;
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    into = ::fcntl(into, F_DUPFD_CLOEXEC, 10); // above the numbers that are given out now
    for (int fd = 0; fd < kept; ++fd) {
        ::dup2(null, fd);
    }
    ::dup3(into, kept, O_CLOEXEC);
    ::close_range(kept + 1, ~0U, 0);
    const std::string text = work();
    for (std::string_view left = text; !left.empty();) {
        const auto put = ::write(kept, left.data(), left.size());
        if (put <= 0) {
            break;
        }
        left.remove_prefix(static_cast<std::size_t>(put));
    }
    ::_exit(0);
}

} // namespace

result<std::unique_ptr<forked_answer>>
forked_answer::begin(const std::function<std::string()>& work) {
    auto pipe = make_pipe("cannot look at this machine");
    if (!pipe) {
        return pipe.error();
    }
    std::unique_ptr<forked_answer> out(new forked_answer);
    out->pid_ = ::fork();
    if (out->pid_ == 0) {
        answer(work, pipe->write.get());
    }
    if (out->pid_ < 0) {
        return errno_failure(errno, "cannot look at this machine");
    }
    ::setpgid(out->pid_, out->pid_); // whoever is first
    ::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK);
    out->answer_ = std::move(pipe->read);
    return out;
}

forked_answer::~forked_answer() {
    if (pid_ > 0) {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

std::optional<std::string> forked_answer::poll() {
    for (;;) {
        std::array<char, 4096> piece;
        const auto got = ::read(answer_.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && errno == EAGAIN) {
            return std::nullopt;
        }
        if (got <= 0 || text_.size() > longest_forked_answer) {
            return std::move(text_);
        }
        text_.append(piece.data(), static_cast<std::size_t>(got));
    }
}

} // namespace outrider::agent
