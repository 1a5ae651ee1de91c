#include "engine/agent/files/copy_state.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/listing/run_walk.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"
#include "engine/protocol/packet.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>

namespace outrider::agent {
namespace {

using protocol::scan_record;

// Interrupted transfers of one run that are reported; there are as many as files were on the way.
constexpr std::size_t most_partials = 10'000;

// Names of what is left of interrupted transfers of a run.
std::vector<std::string> partials_in(int run) {
    std::vector<std::string> names;
    auto incoming = open_beneath(run, ".guild/outrider/incoming", O_RDONLY | O_DIRECTORY);
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(
        incoming ? ::fdopendir(incoming->get()) : nullptr, &::closedir);
    if (!listing) {
        return names;
    }
    std::ignore = incoming->release(); // the listing closes it
    for (const dirent* entry = ::readdir(listing.get());
         entry != nullptr && names.size() < most_partials; entry = ::readdir(listing.get())) {
        const std::string_view name = entry->d_name;
        if (name.ends_with(".part")) {
            names.emplace_back(name);
        }
    }
    std::ranges::sort(names);
    return names;
}

/// Walks one run after the other; each may lie on another file system, or not be there.
class scan_runs_job final : public job {
  public:
    scan_runs_job(const agent_context& context, protocol::scan_runs request, reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel) {
        totals_.home = resolve_home(request_.home, context.machine.home);
    }

    std::optional<job_wait> advance() override {
        const time_slice slice;
        while (!failed_ && (walk_ || next_ < request_.ids.size())) {
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
        flush();
        channel_.reply(totals_);
        return std::nullopt;
    }

    void cancel() override { failed_ = failure(errc::cancelled, "the scan was cancelled"); }

  private:
    void step() {
        if (!walk_) {
            begin_run(request_.ids[next_++]);
            return;
        }
        found_.clear();
        if (const auto stepped = walk_->step(found_); !stepped) {
            failed_ = stepped.error();
            return;
        }
        totals_.entries += static_cast<std::int64_t>(found_.size());
        for (auto& [entry, data_bytes] : found_) {
            put({.kind = scan_record::kind_type::entry,
                 .entry = std::move(entry),
                 .data_bytes = data_bytes});
        }
        if (walk_->done()) {
            walk_.reset();
            end_run(true);
        }
    }

    void begin_run(const std::string& id) {
        put({.kind = scan_record::kind_type::begin});
        auto run = open_run(context_, request_.home, id, false);
        if (!run && run.error().kind() != errc::not_found) {
            failed_ = run.error();
            return;
        }
        // Before the walk: whatever changes from now on shows when the transfer looks again.
        state_ = copy_state(run ? run->directory.get() : -1);
        if (!run) {
            end_run(false);
            return;
        }
        if (request_.partials) {
            for (auto& name : partials_in(run->directory.get())) {
                put({.kind = scan_record::kind_type::partial, .partial = std::move(name)});
            }
        }
        walk_.emplace(std::move(run->directory), run->path, false);
    }

    void end_run(bool exists) {
        put({.kind = scan_record::kind_type::end, .exists = exists, .state = state_});
    }

    void put(const scan_record& record) {
        write_record(packet_, record);
        if (packet_.full()) {
            flush();
        }
    }

    void flush() {
        if (!packet_.empty()) {
            channel_.data(packet_.payload());
            packet_.clear();
        }
    }

    const agent_context& context_;
    protocol::scan_runs request_;
    reply_channel channel_;
    std::size_t next_ = 0;         // in the ids
    std::optional<run_walk> walk_; // of the run that is being scanned
    std::string state_;            // of that run
    std::vector<walked_entry> found_;
    protocol::packet_writer packet_{protocol::packet_kind::scan};
    protocol::scan_reply totals_;
    std::optional<failure> failed_;
};

} // namespace

std::unique_ptr<job> make_scan_runs_job(const agent_context& context, protocol::scan_runs request,
                                        reply_channel channel) {
    return std::make_unique<scan_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
