#include "engine/agent/listing/listed_runs.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"

#include <map>
#include <string_view>
#include <utility>

namespace outrider::agent {
namespace {

/// Runs in one `ordered_batch`, and bytes of oprefs after which it is sent even if it is not full.
constexpr std::size_t batch_runs = 2000;
constexpr std::size_t order_batch_bytes = std::size_t{64} << 10;

/// Looks at every run once, for its time and opref.
class order_runs_job final : public job {
  public:
    order_runs_job(const agent_context& context, protocol::order_runs request,
                   reply_channel channel)
        : channel_(channel), home_(resolve_home(request.home, context.machine.home)),
          found_(context, home_, request.trash) {}

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the listing was cancelled"});
            return std::nullopt;
        }
        const time_slice slice;
        if (!std::exchange(begun_, true)) {
            found_.begin({});
        }
        while (!sorted_) {
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            sorted_ = !found_.look_at_some();
        }
        while (next_ < found_.runs().size()) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            send_batch();
        }
        found_.end();
        channel_.reply(protocol::order_reply{
            .home = home_.native(), .total = static_cast<std::int64_t>(found_.runs().size())});
        return std::nullopt;
    }
    void cancel() override { cancelled_ = true; }

  private:
    void send_batch();

    reply_channel channel_;
    fs::path home_;
    listed_runs found_;
    std::size_t next_ = 0;
    bool begun_ = false;
    bool sorted_ = false;
    bool cancelled_ = false;
};

void order_runs_job::send_batch() {
    protocol::ordered_batch batch;
    std::map<std::string_view, std::size_t> places;
    std::size_t bytes = 0;
    const auto& runs = found_.runs();
    while (next_ < runs.size() && batch.ids.size() < batch_runs && bytes < order_batch_bytes) {
        const auto& run = runs[next_++];
        const auto [at, is_new] = places.try_emplace(run.opref, batch.oprefs.size());
        if (is_new) {
            batch.oprefs.push_back(run.opref);
            bytes += run.opref.size();
        }
        batch.ids.push_back(run.id);
        batch.opref_of.push_back(static_cast<std::int64_t>(at->second));
    }
    channel_.part(batch);
}

} // namespace

std::unique_ptr<job> make_order_runs_job(const agent_context& context, protocol::order_runs request,
                                         reply_channel channel) {
    return std::make_unique<order_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
