#include "engine/agent/jobs.hpp"
#include "engine/runs/process_identity.hpp"

namespace outrider::agent {
namespace {

/// Answers at once with the machine's time.
class ping_job final : public job {
  public:
    explicit ping_job(reply_channel channel) : channel_(channel) {}

    std::optional<job_wait> advance() override {
        channel_.reply(protocol::pong{.time_us = now_us()});
        return std::nullopt;
    }
    void cancel() override {}

  private:
    reply_channel channel_;
};

} // namespace

std::unique_ptr<job> make_ping_job(const agent_context&, protocol::ping, reply_channel channel) {
    return std::make_unique<ping_job>(channel);
}

} // namespace outrider::agent
