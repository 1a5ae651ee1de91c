#include "engine/agent/machine/machine.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/slots/slot_search.hpp"

#include <cstdlib>

namespace outrider::agent {
namespace {

class read_slots_job final : public job {
  public:
    read_slots_job(const agent_context& context, protocol::read_slots request,
                   reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel) {}

    std::optional<job_wait> advance() override;
    void cancel() override { cancelled_ = true; }

  private:
    const agent_context& context_;
    protocol::read_slots request_;
    reply_channel channel_;
    std::optional<slot_search> search_;
    bool cancelled_ = false;
};

protocol::slot_report report_of(const slots_found& found) {
    protocol::slot_report out{.total = found.count.total,
                              .free = found.count.free,
                              .gpus = {},
                              .gpu_memory_mib = found.gpu_memory_mib,
                              .gpu_name = found.gpu_name,
                              .processors = usable_processors(),
                              .memory_bytes = memory_bytes(),
                              .trouble = found.trouble};
    if (found.grant) {
        for (const auto& each : found.grant->slots) {
            if (each.gpu >= 0) {
                out.gpus.push_back(each.gpu);
            }
        }
    }
    double load = 0;
    if (::getloadavg(&load, 1) == 1) {
        out.load = load;
    }
    return out;
}

std::optional<job_wait> read_slots_job::advance() {
    if (cancelled_) {
        channel_.fail({errc::cancelled, "the request was cancelled"});
        return std::nullopt;
    }
    if (!search_) {
        auto begun = slot_search::begin(context_, request_.rules, inherited_environment());
        if (!begun) {
            channel_.fail(begun.error());
            return std::nullopt;
        }
        search_ = std::move(*begun);
    }
    const auto found = search_->poll();
    if (!found) {
        channel_.fail(found.error());
        return std::nullopt;
    }
    if (!found->has_value()) {
        return search_->wait();
    }
    channel_.reply(report_of(**found));
    return std::nullopt;
}

} // namespace

std::unique_ptr<job> make_read_slots_job(const agent_context& context, protocol::read_slots request,
                                         reply_channel channel) {
    return std::make_unique<read_slots_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
