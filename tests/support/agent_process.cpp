#include "tests/support/agent_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace outrider::testing {

agent_process::agent_process(const std::filesystem::path& cache,
                             const std::map<std::string, std::string>& variables,
                             const std::function<void()>& in_child) {
    int in[2];
    int out[2];
    BOOST_REQUIRE(::pipe2(in, O_CLOEXEC) == 0 && ::pipe2(out, O_CLOEXEC) == 0);
    pid = ::fork();
    if (pid == 0) {
        ::dup2(in[0], STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::setenv("XDG_CACHE_HOME", cache.c_str(), 1);
        for (const auto& [name, value] : variables) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
        if (in_child) {
            in_child();
        }
        ::execl(OUTRIDER_AGENT, "outrider-agent", "serve", nullptr);
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
    ::signal(SIGPIPE, SIG_IGN); // an agent that ended is seen at its output
    const auto first = next_frame(clock::now() + default_deadline);
    BOOST_REQUIRE(first.kind == protocol::frame_kind::hello);
    hello = *protocol::decode<protocol::hello>(first.payload);
}

agent_process::~agent_process() {
    end();
    ::close(output_);
}

int agent_process::end() {
    if (input_ >= 0) {
        ::close(input_);
        input_ = -1;
    }
    int status = 0;
    if (pid > 0) {
        ::waitpid(pid, &status, 0);
        pid = -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void agent_process::kill_now() {
    ::kill(pid, SIGKILL);
    end();
}

void agent_process::send_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto put = ::write(input_, bytes.data(), bytes.size());
        BOOST_REQUIRE_MESSAGE(put > 0, "the agent does not read");
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
}

std::uint32_t agent_process::send_request(const std::string& payload) {
    std::string bytes;
    protocol::append_frame(bytes, protocol::frame_kind::request, ++last_id_, payload);
    send_bytes(bytes);
    return last_id_;
}

void agent_process::cancel(std::uint32_t id) {
    std::string bytes;
    protocol::append_frame(bytes, protocol::frame_kind::cancel, id, {});
    send_bytes(bytes);
}

protocol::frame agent_process::next_frame(clock::time_point deadline) {
    for (;;) {
        auto next = reader_.next();
        BOOST_REQUIRE_MESSAGE(next, "the agent sent a malformed frame");
        if (next->has_value()) {
            return std::move(**next);
        }
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
        pollfd polled{.fd = output_, .events = POLLIN, .revents = 0};
        BOOST_REQUIRE_MESSAGE(left > 0 && ::poll(&polled, 1, static_cast<int>(left)) > 0,
                              "the agent did not answer in time");
        std::array<char, 65536> chunk;
        const auto got = ::read(output_, chunk.data(), chunk.size());
        BOOST_REQUIRE_MESSAGE(got > 0, "the agent ended");
        reader_.feed({chunk.data(), static_cast<std::size_t>(got)});
    }
}

void agent_process::take_frame(clock::time_point deadline) {
    auto frame = next_frame(deadline);
    auto& answer = answers_[frame.request];
    switch (frame.kind) {
    case protocol::frame_kind::data:
        answer.data += frame.payload;
        answer.packets.emplace_back(frame.payload);
        break;
    case protocol::frame_kind::part: {
        const auto value = *protocol::parse_json(frame.payload);
        answer.parts.emplace_back(std::string(value.at("type").as_string()), value.at("body"));
        break;
    }
    case protocol::frame_kind::reply:
        answer.reply = *protocol::parse_json(frame.payload);
        break;
    case protocol::frame_kind::failure:
        answer.failure = *protocol::decode<protocol::failure_message>(frame.payload);
        break;
    default:
        BOOST_FAIL("the agent sent a frame of a client");
    }
}

agent_answer agent_process::finish(std::uint32_t id, std::chrono::milliseconds limit) {
    const auto deadline = clock::now() + limit;
    while (!answers_[id].ended()) {
        take_frame(deadline);
    }
    return answers_[id];
}

const agent_answer& agent_process::receive(std::uint32_t id, std::size_t bytes,
                                           std::chrono::milliseconds limit) {
    const auto deadline = clock::now() + limit;
    while (answers_[id].data.size() < bytes) {
        take_frame(deadline);
    }
    return answers_[id];
}

} // namespace outrider::testing
