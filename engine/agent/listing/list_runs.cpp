#include "engine/agent/listing/listed_runs.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"
#include "engine/json/sparse_json.hpp"

#include <algorithm>
#include <utility>

namespace outrider::agent {
namespace {

/// Runs in one `run_batch`: far below the largest frame, and read within a time slice.
constexpr std::size_t batch_runs = 100;
/// Estimated bytes of a batch after which it is sent even if it is not full.
constexpr std::size_t batch_bytes = std::size_t{64} << 10;

/// A `run_batch` whose runs are without the members that have their default.
struct sparse_batch {
    static constexpr std::string_view name = protocol::run_batch::name;
    std::vector<protocol::json::value> runs;
};
BOOST_DESCRIBE_STRUCT(sparse_batch, (), (runs))

/// Looks at every run once, for its time; then reads the whole facts of those that are wanted.
class list_runs_job final : public job {
  public:
    list_runs_job(const agent_context& context, protocol::list_runs request, reply_channel channel)
        : request_(std::move(request)), channel_(channel),
          home_(resolve_home(request_.home, context.machine.home)),
          found_(context, home_, request_.trash) {}

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the listing was cancelled"});
            return std::nullopt;
        }
        const time_slice slice;
        if (!std::exchange(begun_, true)) {
            found_.begin(request_.ids);
        }
        while (!sorted_) {
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            sorted_ = !found_.look_at_some();
        }
        const auto newest = static_cast<std::size_t>(std::max<std::int64_t>(request_.newest, 0));
        count_ = newest > 0 ? std::min(newest, found_.runs().size()) : found_.runs().size();
        while (next_ < count_) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            send_batch();
        }
        found_.end();
        channel_.reply(protocol::run_list{
            .home = home_.native(), .total = static_cast<std::int64_t>(found_.runs().size())});
        return std::nullopt;
    }
    void cancel() override { cancelled_ = true; }

  private:
    void send_batch();

    protocol::list_runs request_;
    reply_channel channel_;
    fs::path home_;
    listed_runs found_;
    std::size_t count_ = 0; // of those found that are wanted
    std::size_t next_ = 0;
    bool begun_ = false;
    bool sorted_ = false;
    bool cancelled_ = false;
};

void list_runs_job::send_batch() {
    sparse_batch batch;
    std::size_t bytes = 0;
    while (next_ < count_ && batch.runs.size() < batch_runs && bytes < batch_bytes) {
        auto facts = found_.facts(found_.runs()[next_++], request_.attributes);
        bytes += facts.opref.size() + facts.directory.size();
        for (const auto& [name, text] : facts.attributes) {
            bytes += text.size();
        }
        batch.runs.push_back(protocol::to_sparse_json(facts));
    }
    channel_.part(batch);
}

} // namespace

std::unique_ptr<job> make_list_runs_job(const agent_context& context, protocol::list_runs request,
                                        reply_channel channel) {
    return std::make_unique<list_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
