#include "engine/agent/server/job_drive.hpp"

#include <poll.h>

#include <algorithm>

namespace outrider::agent {
namespace {

// Like the server's loop, for one job.
void wait_for(const job_wait& wait) {
    int timeout_ms = -1;
    if (wait.deadline) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(*wait.deadline - clock::now());
        constexpr std::int64_t longest = 3'600'000; // poll takes an int
        timeout_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, longest));
    }
    pollfd polled{.fd = wait.readable_fd.value_or(-1), .events = POLLIN, .revents = 0};
    ::poll(&polled, 1, timeout_ms);
}

template <class Request>
result<typename Request::reply> perform_here(const agent_context& context,
                                             job_factory<Request> make, Request request) {
    output_queue frames;
    const auto job = make(context, std::move(request), reply_channel(frames, 1));
    while (const auto wait = job->advance()) {
        wait_for(*wait);
    }
    protocol::frame_reader reader;
    reader.feed(frames.take());
    for (;;) {
        auto next = reader.next();
        if (!next || !next->has_value()) {
            return failure(errc::internal, "there was no answer about the run");
        }
        if ((*next)->kind == protocol::frame_kind::reply) {
            return protocol::decode<typename Request::reply>((*next)->payload);
        }
        if ((*next)->kind == protocol::frame_kind::failure) {
            const auto why = protocol::decode<protocol::failure_message>((*next)->payload);
            return why ? failure(errc_from_name(why->code).value_or(errc::internal), why->context)
                       : why.error();
        }
    }
}

} // namespace

result<protocol::start_reply> start_here(const agent_context& context,
                                         protocol::start_run request) {
    return perform_here(context, make_start_run_job, std::move(request));
}

result<protocol::start_reply> start_here(const agent_context& context,
                                         protocol::start_staged request) {
    return perform_here(context, make_start_staged_job, std::move(request));
}

result<protocol::stop_reply> stop_here(const agent_context& context, protocol::stop_run request) {
    return perform_here(context, make_stop_run_job, std::move(request));
}

} // namespace outrider::agent
