#include "engine/agent/server/job_drive.hpp"

#include <poll.h>

#include <algorithm>
#include <iterator>
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

/// What a job answers before its last frame, one payload after the other.
using part_reader = std::function<result<>(std::string_view payload)>;

// What cannot be read is not told: nothing depends on it.
part_reader telling(const progress_listener& told) {
    return [&told](std::string_view payload) -> result<> {
        const auto part = protocol::parse_json(payload);
        const auto* object = part ? part->if_object() : nullptr;
        protocol::start_progress progress;
        if (object != nullptr && object->contains("body") &&
            protocol::from_json(object->at("body"), progress)) {
            told(progress.line);
        }
        return {};
    };
}

// The answer, where the frame is the last one.
std::optional<result<std::string>> answer_in(const protocol::frame& frame,
                                             const part_reader& on_part) {
    if (frame.kind == protocol::frame_kind::reply) {
        return std::string(std::string_view(frame.payload));
    }
    if (frame.kind == protocol::frame_kind::failure) {
        const auto why = protocol::decode<protocol::failure_message>(frame.payload);
        return why ? failure(errc_from_name(why->code).value_or(errc::internal), why->context)
                   : why.error();
    }
    if (frame.kind == protocol::frame_kind::part) {
        if (auto read = on_part(frame.payload); !read) {
            return read.error();
        }
    }
    return std::nullopt;
}

result<std::string> drive(const job_maker& make, const part_reader& on_part) {
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
            if (auto answer = answer_in(**next, on_part)) {
                return std::move(*answer);
            }
        }
        if (!wait) {
            return failure(errc::internal, "there was no answer about the run");
        }
        if (!wait->drained) { // it is, by now
            wait_for(*wait);
        }
    }
}

template <class Request>
result<typename Request::reply> perform_request(const agent_context& context,
                                                job_factory<Request> make, Request request,
                                                const progress_listener& told) {
    return perform_here<typename Request::reply>(
        [&](reply_channel channel) { return make(context, std::move(request), channel); }, told);
}

} // namespace

unattended_job::unattended_job(const job_maker& make) : job_(make(reply_channel(answers_, 1))) {}

std::optional<job_wait> unattended_job::advance() {
    auto wait = job_ ? job_->advance() : std::nullopt;
    std::ignore = answers_.take();
    if (!wait) {
        job_.reset();
    }
    return wait;
}

result<std::string> answer_of(const job_maker& make, const progress_listener& told) {
    return drive(make, telling(told));
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

result<std::vector<protocol::run_scalars>> scalars_here(const agent_context& context,
                                                        protocol::read_scalars request) {
    std::vector<protocol::run_scalars> out;
    const auto take = [&out](std::string_view payload) -> result<> {
        auto part = protocol::parse_json(payload);
        protocol::scalars_batch batch;
        if (!part || !protocol::from_json(part->at("body"), batch)) {
            return failure(errc::internal, "the scalars of a run cannot be read");
        }
        for (auto& run : batch.runs) {
            if (!out.empty() && out.back().run_id == run.run_id) { // the rest of it
                std::ranges::move(run.scalars, std::back_inserter(out.back().scalars));
            } else {
                out.push_back(std::move(run));
            }
        }
        return {};
    };
    auto done = drive(
        [&](reply_channel channel) {
            return make_read_scalars_job(context, std::move(request), channel);
        },
        take);
    return done ? result<std::vector<protocol::run_scalars>>(std::move(out)) : done.error();
}

} // namespace outrider::agent
