#pragma once

#include "engine/agent/server/context.hpp"

#include <utility>

namespace outrider::agent {

/// The job of a request that is answered in one step.
template <class Request>
class immediate_job final : public job {
  public:
    using work = result<typename Request::reply> (*)(const agent_context&, const Request&);

    immediate_job(const agent_context& context, Request request, reply_channel channel, work answer)
        : context_(context), request_(std::move(request)), channel_(channel), answer_(answer) {}

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the request was cancelled"});
            return std::nullopt;
        }
        if (auto outcome = answer_(context_, request_)) {
            channel_.reply(*outcome);
        } else {
            channel_.fail(outcome.error());
        }
        return std::nullopt;
    }
    void cancel() override { cancelled_ = true; }

  private:
    const agent_context& context_;
    Request request_;
    reply_channel channel_;
    work answer_;
    bool cancelled_ = false;
};

} // namespace outrider::agent
