#pragma once

#include "engine/json/described_json.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/messages.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace outrider::testing {

/// What came back for one request.
struct agent_answer {
    std::vector<std::pair<std::string, protocol::json::value>> parts;
    std::string data;
    std::vector<std::string> packets;           ///< the same data, frame by frame
    std::optional<protocol::json::value> reply; ///< one of these two once the request has ended
    std::optional<protocol::failure_message> failure;

    [[nodiscard]] bool ended() const { return reply.has_value() || failure.has_value(); }
};

/// The real agent as a child process, and a small blocking client of it. Every wait has a deadline
/// and fails the test when that passes. Its end closes the agent's input and waits for it.
class agent_process {
  public:
    static constexpr std::chrono::seconds default_deadline{20};

    /// `cache` becomes its XDG_CACHE_HOME; `variables` are added to its environment.
    /// `in_child` runs in the new process before it becomes the agent.
    explicit agent_process(const std::filesystem::path& cache,
                           const std::map<std::string, std::string>& variables = {},
                           const std::function<void()>& in_child = {});
    agent_process(const agent_process&) = delete;
    agent_process& operator=(const agent_process&) = delete;
    ~agent_process();

    protocol::hello hello;
    pid_t pid = -1;

    /// Sends a request and returns its id.
    template <class Request>
    std::uint32_t send(const Request& request) {
        protocol::json::object message;
        message["type"] = Request::name;
        message["body"] = protocol::to_json(request);
        return send_request(protocol::json::serialize(message));
    }
    std::uint32_t send_request(const std::string& payload);
    void send_bytes(std::string_view bytes);
    void cancel(std::uint32_t id);
    /// Waits for the end of a request.
    agent_answer finish(std::uint32_t id, std::chrono::milliseconds limit = default_deadline);
    /// Waits until at least that much data of a request has come.
    const agent_answer& receive(std::uint32_t id, std::size_t bytes,
                                std::chrono::milliseconds limit = default_deadline);

    /// Sends a request and gives its reply; a failure fails the test.
    template <class Request>
    typename Request::reply call(const Request& request) {
        return reply_of<Request>(finish(send(request)));
    }
    template <class Request>
    static typename Request::reply reply_of(const agent_answer& answer) {
        const std::string told = answer.failure ? answer.failure->context : "no answer";
        BOOST_REQUIRE_MESSAGE(answer.reply.has_value(), told);
        typename Request::reply out;
        BOOST_REQUIRE(protocol::from_json(*answer.reply, out));
        return out;
    }
    /// Sends a request that has to fail.
    template <class Request>
    protocol::failure_message refuse(const Request& request) {
        const auto answer = finish(send(request));
        BOOST_REQUIRE(answer.failure.has_value());
        return *answer.failure;
    }

    /// Closes the agent's input and gives its exit code.
    int end();
    void kill_now();

  private:
    using clock = std::chrono::steady_clock;
    protocol::frame next_frame(clock::time_point deadline);
    void take_frame(clock::time_point deadline);

    int input_ = -1;
    int output_ = -1;
    std::uint32_t last_id_ = 0;
    protocol::frame_reader reader_;
    std::map<std::uint32_t, agent_answer> answers_;
};

} // namespace outrider::testing
