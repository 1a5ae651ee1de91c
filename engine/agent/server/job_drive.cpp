#include "engine/agent/server/job_drive.hpp"

#include <boost/json/parse.hpp>

#include <poll.h>

#include <algorithm>
#include <optional>

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

void tell_progress(const protocol::frame& part, const progress_listener& told) {
    boost::system::error_code error;
    const auto message = protocol::json::parse(std::string_view(part.payload), error);
    const auto* object = error ? nullptr : message.if_object();
    protocol::start_progress progress;
    if (object != nullptr && object->contains("body") &&
        protocol::from_json(object->at("body"), progress)) {
        told(progress.line);
    }
}

// The answer, where the frame is the last one.
std::optional<result<std::string>> answer_in(const protocol::frame& frame,
                                             const progress_listener& told) {
    if (frame.kind == protocol::frame_kind::reply) {
        return std::string(std::string_view(frame.payload));
    }
    if (frame.kind == protocol::frame_kind::failure) {
        const auto why = protocol::decode<protocol::failure_message>(frame.payload);
        return why ? failure(errc_from_name(why->code).value_or(errc::internal), why->context)
                   : why.error();
    }
    if (frame.kind == protocol::frame_kind::part) {
        tell_progress(frame, told);
    }
    return std::nullopt;
}

template <class Request>
result<typename Request::reply> perform_request(const agent_context& context,
                                                job_factory<Request> make, Request request,
                                                const progress_listener& told) {
    return perform_here<typename Request::reply>(
        [&](reply_channel channel) { return make(context, std::move(request), channel); }, told);
}

} // namespace

result<std::string> answer_of(const job_maker& make, const progress_listener& told) {
    output_queue frames;
    protocol::frame_reader reader;
    const auto job = make(reply_channel(frames, 1));
    for (;;) {
        const auto wait = job->advance();
        reader.feed(frames.take());
        for (;;) {
            auto next = reader.next();
            if (!next) {
                return next.error();
            }
            if (!next->has_value()) {
                break;
            }
            if (auto answer = answer_in(**next, told)) {
                return std::move(*answer);
            }
        }
        if (!wait) {
            return failure(errc::internal, "there was no answer about the run");
        }
        wait_for(*wait);
    }
}

result<protocol::start_reply> start_here(const agent_context& context, protocol::start_run request,
                                         const progress_listener& told) {
    return perform_request(context, make_start_run_job, std::move(request), told);
}

result<protocol::start_reply> start_here(const agent_context& context,
                                         protocol::start_staged request,
                                         const progress_listener& told) {
    return perform_request(context, make_start_staged_job, std::move(request), told);
}

result<protocol::stop_reply> stop_here(const agent_context& context, protocol::stop_run request) {
    return perform_request(context, make_stop_run_job, std::move(request), [](const auto&) {});
}

} // namespace outrider::agent
