#include "engine/commands/looking/executing.hpp"

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

} // namespace outrider
