#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/listing/run_walk.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"

#include <algorithm>
#include <iterator>

namespace outrider::agent {
namespace {

// Entries of one part, as the protocol says.
constexpr std::size_t batch_size = 500;

class list_files_job final : public job {
  public:
    list_files_job(const agent_context& context, const protocol::list_files& request,
                   reply_channel channel)
        : channel_(channel) {
        auto run = open_run(context, request.home, request.run_id, false);
        if (!run) {
            failed_ = run.error();
            return;
        }
        summary_.directory = run->path;
        walk_.emplace(std::move(run->directory), run->path, request.follow_links);
    }

    std::optional<job_wait> advance() override {
        const time_slice slice;
        while (!failed_ && !walk_->done()) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            step();
        }
        if (failed_) {
            channel_.fail(*failed_);
            return std::nullopt;
        }
        if (!found_.empty()) {
            send(found_.size());
        }
        channel_.reply(summary_);
        return std::nullopt;
    }

    void cancel() override { failed_ = failure(errc::cancelled, "the listing was cancelled"); }

  private:
    void step() {
        if (const auto stepped = walk_->step(found_); !stepped) {
            failed_ = stepped.error();
        }
        while (found_.size() >= batch_size) {
            send(batch_size);
        }
    }

    void send(std::size_t count) {
        const auto end = found_.begin() + static_cast<std::ptrdiff_t>(count);
        protocol::file_batch batch;
        std::transform(found_.begin(), end, std::back_inserter(batch.entries),
                       [](walked_entry& each) { return std::move(each.entry); });
        found_.erase(found_.begin(), end);
        summary_.total += static_cast<std::int64_t>(count);
        channel_.part(batch);
    }

    reply_channel channel_;
    std::optional<run_walk> walk_;
    std::vector<walked_entry> found_; // not sent yet
    protocol::file_list summary_;
    std::optional<failure> failed_;
};

} // namespace

std::unique_ptr<job> make_list_files_job(const agent_context& context, protocol::list_files request,
                                         reply_channel channel) {
    return std::make_unique<list_files_job>(context, request, channel);
}

} // namespace outrider::agent
