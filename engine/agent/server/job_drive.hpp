#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/core/result.hpp"
#include "engine/json/described_json.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// Hears lines about what takes long.
using progress_listener = std::function<void(const std::string& line)>;

using job_maker = std::function<std::unique_ptr<job>(reply_channel channel)>;

/// Drives one job until it answers, in this process and without a client; gives its reply, as text.
[[nodiscard]] result<std::string> answer_of(const job_maker& make, const progress_listener& told);

template <class Reply>
[[nodiscard]] result<Reply> perform_here(const job_maker& make, const progress_listener& told) {
    const auto text = answer_of(make, told);
    return text ? protocol::decode<Reply>(*text) : result<Reply>(text.error());
}

/// A job for whose answer nobody waits: whoever owns it goes on with it among other things. Its end
/// is that of the job, as if a client had gone.
class unattended_job {
  public:
    explicit unattended_job(const job_maker& make);

    /// Goes on; nothing once the job has ended, however it did.
    [[nodiscard]] std::optional<job_wait> advance();

  private:
    output_queue answers_; // that nobody reads
    std::unique_ptr<job> job_;
};

/// Starts a run in this process, without a client: waits until its operation runs, or until a run
/// that is only to be made is there.
[[nodiscard]] result<protocol::start_reply> start_here(const agent_context& context,
                                                       protocol::start_run request,
                                                       const progress_listener& told);
[[nodiscard]] result<protocol::start_reply> start_here(const agent_context& context,
                                                       protocol::start_staged request,
                                                       const progress_listener& told);
/// Stops a run in this process: waits until it has ended.
[[nodiscard]] result<protocol::stop_reply> stop_here(const agent_context& context,
                                                     protocol::stop_run request);

/// Reads the scalars of runs in this process; runs that are not there are left out.
[[nodiscard]] result<std::vector<protocol::run_scalars>>
scalars_here(const agent_context& context, protocol::read_scalars request);

} // namespace outrider::agent
