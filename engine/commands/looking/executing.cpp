#include "engine/commands/looking/executing.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace outrider {
namespace {

awaitable<result<std::int64_t>> take_output(exchange& running,
                                            std::function<void(std::string_view)> on_output) {
    for (;;) {
        auto frame = co_await running.next();
        if (!frame) {
            co_return frame.error();
        }
        if (frame->kind == protocol::frame_kind::data) {
            on_output(frame->payload);
        } else if (frame->kind == protocol::frame_kind::reply) {
            auto reply = protocol::decode<protocol::execute_reply>(frame->payload);
            co_return reply ? result<std::int64_t>(reply->exit_status) : reply.error();
        }
    }
}

/// Frees what a spawn was told.
struct spawn_settings {
    spawn_settings() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
    }
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;
    ~spawn_settings() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

} // namespace

awaitable<result<std::int64_t>> execute_on(command_session& session, const target& at,
                                           protocol::execute what,
                                           std::function<void(std::string_view)> on_output) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    what.home = at.home;
    exchange running(**agent, what);
    co_return co_await take_output(running, std::move(on_output));
}

awaitable<result<program_answer>> ask_program(command_session& session, const target& at,
                                              protocol::execute what,
                                              std::chrono::milliseconds limit) {
    constexpr std::size_t most_output = std::size_t{64} << 10;
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    what.home = at.home;
    program_answer answer;
    const std::string too_long = (*agent)->name() + ": " + what.words.front() + " takes too long";
    exchange running(**agent, what);
    auto keep = [&answer](std::string_view bytes) {
        answer.output.append(bytes.substr(0, most_output - answer.output.size()));
    };
    auto ended = co_await with_deadline(take_output(running, keep), limit, too_long);
    if (!ended) {
        co_return ended.error();
    }
    answer.exit_status = *ended;
    co_return answer;
}

result<int> run_in_foreground(const std::vector<std::string>& words, const std::string& directory,
                              const std::function<void(int pid)>& started) {
    std::vector<char*> arguments;
    for (const auto& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str())); // NOLINT: argv of POSIX
    }
    arguments.push_back(nullptr);
    spawn_settings settings;
    // Where it was deleted the program starts in what is left of it, as this one did.
    if (::access(directory.c_str(), X_OK) == 0) {
        posix_spawn_file_actions_addchdir_np(&settings.actions, directory.c_str());
    }
    // What this process blocks or ignores for itself is not the program's.
    sigset_t none;
    sigset_t usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGQUIT, SIGHUP}) {
        sigaddset(&usual, number);
    }
    posix_spawnattr_setsigmask(&settings.attributes, &none);
    posix_spawnattr_setsigdefault(&settings.attributes, &usual);
    posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t child = -1;
    const int error = ::posix_spawnp(&child, arguments.front(), &settings.actions,
                                     &settings.attributes, arguments.data(), environ);
    if (error != 0) {
        return error == ENOENT
                   ? failure(errc::not_found, "there is no program '" + words.front() + "'")
                   : errno_failure(error, "cannot execute " + words.front());
    }
    if (started) {
        started(child);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return errno_failure(errno, "wait for " + words.front());
        }
    }
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace outrider
