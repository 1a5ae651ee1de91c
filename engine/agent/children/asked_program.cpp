#include "engine/agent/children/asked_program.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <tuple>
#include <vector>

namespace outrider::agent {
namespace {

using clock = std::chrono::steady_clock;

/// Longest line of an answer, bytes.
constexpr std::size_t longest_answer = std::size_t{1} << 20;
/// How long a program has to end by itself once its input is closed, and again once it is asked to.
constexpr int end_limit_ms = 1'000;

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
    auto program = child_program::start({.words = what.words,
                                         .directory = directory_of(what.words, parent, project),
                                         .environment = inherited_environment(),
                                         .asked = true});
    if (!program) {
        return failure(errc::start_failed, name + " cannot be started: " + program.error().context);
    }
    return std::unique_ptr<asked_program>(new asked_program(
        name, std::chrono::milliseconds(what.answer_limit_ms), signals, std::move(*program)));
}

// The end of its input asks it to end; what does not is killed with its owner.
asked_program::~asked_program() {
    program_->close_streams();
    if (!program_->ends_within(end_limit_ms)) {
        program_->signal(SIGTERM);
        std::ignore = program_->ends_within(end_limit_ms);
    }
}

// Why nothing comes any more: it is ended if it is not already.
failure asked_program::ended() {
    program_->close_streams();
    if (!program_->ends_within(2 * end_limit_ms)) {
        program_->signal(SIGKILL);
        std::ignore = program_->ends_within(2 * end_limit_ms);
    }
    const int status = program_->exit_status().value_or(-SIGKILL);
    return {errc::start_failed, name_ + " ended (" +
                                    (status < 0 ? "signal " + std::to_string(-status)
                                                : "exit " + std::to_string(status)) +
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
        const auto got = ::write(program_->input(), &text[put], text.size() - put);
        if (got > 0) {
            put += static_cast<std::size_t>(got);
        } else if (errno == EAGAIN || errno == EINTR) {
            if (auto ready = wait_for(program_->input(), POLLOUT, deadline); !ready) {
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
        const auto got = ::read(program_->output(), piece.data(), piece.size());
        if (got > 0) {
            read_.append(piece.data(), static_cast<std::size_t>(got));
        } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (auto ready = wait_for(program_->output(), POLLIN, deadline); !ready) {
                return ready.error();
            }
        } else {
            return ended();
        }
    }
}

} // namespace outrider::agent
