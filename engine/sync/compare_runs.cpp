#include "engine/sync/compare_runs.hpp"

#include "engine/protocol/packet.hpp"
#include "engine/protocol/sync_messages.hpp"
#include "engine/remotes/agent_client.hpp"
#include "engine/sync/path_order.hpp"

#include <optional>
#include <string>

namespace outrider {
namespace {

/// The records of one `scan_runs`, one by one as they arrive. Holds one packet at a time: while
/// nobody takes records the agent waits. Lives in the coroutine that reads it.
class scan_stream {
  public:
    scan_stream(agent_client& agent, const protocol::scan_runs& request);

    /// The next record; nothing after the last one. `protocol_violation` where entries of a run are
    /// not in path order, or there are more than anybody has.
    [[nodiscard]] awaitable<result<std::optional<protocol::scan_record>>> next();

  private:
    [[nodiscard]] result<protocol::scan_record> take();

    exchange asking_;
    protocol::received_bytes payload_;              // the packet
    std::optional<protocol::packet_reader> packet_; // over payload_
    std::string last_path_;
    std::int64_t entries_ = 0; // of this run
};

using protocol::scan_record;

// Entries of one run; ten times what we promise to handle.
constexpr std::int64_t most_scanned = 1'000'000;

scan_stream::scan_stream(agent_client& agent, const protocol::scan_runs& request)
    : asking_(agent, request) {}

awaitable<result<std::optional<scan_record>>> scan_stream::next() {
    while (!packet_ || packet_->at_end()) {
        if (packet_ && !packet_->ok()) {
            co_return protocol::malformed_packet("scan");
        }
        auto frame = co_await asking_.next();
        if (!frame) {
            co_return frame.error();
        }
        if (frame->kind == protocol::frame_kind::reply) {
            co_return std::optional<scan_record>{};
        }
        if (frame->kind != protocol::frame_kind::data) {
            co_return protocol::malformed_packet("scan");
        }
        payload_ = std::move(frame->payload);
        packet_.emplace(payload_);
    }
    auto record = take();
    if (!record) {
        co_return record.error();
    }
    co_return std::optional(std::move(*record));
}

result<scan_record> scan_stream::take() {
    auto record = protocol::read_scan_record(*packet_);
    if (!record) {
        return record;
    }
    if (record->kind == scan_record::kind_type::begin) {
        last_path_.clear();
        entries_ = 0;
    }
    if (record->kind == scan_record::kind_type::entry) {
        if (++entries_ > most_scanned) {
            return failure(errc::protocol_violation, "a run has more than 1,000,000 files");
        }
        if (compare_paths(last_path_, record->entry.path) != std::strong_ordering::less) {
            return protocol::malformed_packet("scan: its entries are not in order");
        }
        last_path_ = record->entry.path;
    }
    return record;
}

using protocol::scan_record;
using kind = scan_record::kind_type;

/// One end of a comparison: the record that was read last, until it is dealt with.
class scanned_end {
  public:
    scanned_end(agent_client& agent, const protocol::scan_runs& request)
        : stream_(agent, request) {}

    /// Goes to the next record, of which there must be one.
    awaitable<result<>> advance() {
        auto next = co_await stream_.next();
        if (!next) {
            co_return next.error();
        }
        if (!*next) {
            co_return protocol::malformed_packet("scan: it ends early");
        }
        record_ = std::move(**next);
        co_return result<>();
    }
    /// Goes to the first record of the next run.
    awaitable<result<>> begin_run() {
        auto begun = co_await advance();
        if (begun && record_.kind != kind::begin) {
            co_return protocol::malformed_packet("scan: a run does not begin");
        }
        co_return begun ? co_await advance() : begun;
    }
    [[nodiscard]] const scan_record& record() const { return record_; }
    [[nodiscard]] bool has_entry() const { return record_.kind == kind::entry; }
    [[nodiscard]] bool at_end() const { return record_.kind == kind::end; }

  private:
    scan_stream stream_;
    scan_record record_;
};

/// Walks through both scans in step.
class run_comparison {
  public:
    run_comparison(agent_client& from, agent_client& to, comparison what)
        : what_(std::move(what)), from_(from, {.home = what_.from_home, .ids = what_.run_ids}),
          to_(to, {.home = what_.to_home, .ids = what_.run_ids, .partials = true}) {}

    awaitable<result<std::vector<copy_plan>>> run() {
        std::vector<copy_plan> plans;
        for (const auto& id : what_.run_ids) {
            auto plan = co_await compare(id);
            if (!plan) {
                co_return plan.error();
            }
            plans.push_back(std::move(*plan));
        }
        co_return plans;
    }

  private:
    awaitable<result<copy_plan>> compare(std::string run_id) {
        for (auto* end : {&from_, &to_}) {
            if (auto begun = co_await end->begin_run(); !begun) {
                co_return begun.error();
            }
        }
        copy_planner planner(std::move(run_id), what_.delete_extra);
        while (!from_.at_end() || !to_.at_end()) {
            if (auto stepped = co_await step(planner); !stepped) {
                co_return stepped.error();
            }
        }
        auto plan = std::move(planner).finish();
        plan.source_exists = from_.record().exists;
        plan.copy_state = to_.record().state;
        co_return plan;
    }

    // Deals with the lower path of the two, or with what is not an entry.
    awaitable<result<>> step(copy_planner& planner) {
        if (to_.record().kind == kind::partial) {
            planner.add_partial(to_.record().partial);
            co_return co_await to_.advance();
        }
        const auto& source = from_.record();
        const auto& copy = to_.record();
        if ((!from_.has_entry() && !from_.at_end()) || (!to_.has_entry() && !to_.at_end())) {
            co_return protocol::malformed_packet("scan: a run does not end");
        }
        const auto order = !to_.has_entry()     ? std::strong_ordering::less
                           : !from_.has_entry() ? std::strong_ordering::greater
                                                : compare_paths(source.entry.path, copy.entry.path);
        planner.compare(order <= 0 ? &source.entry : nullptr, source.data_bytes,
                        order >= 0 ? &copy.entry : nullptr);
        auto moved = order <= 0 ? co_await from_.advance() : result<>();
        if (moved && order >= 0) {
            moved = co_await to_.advance();
        }
        co_return moved;
    }

    comparison what_;
    scanned_end from_;
    scanned_end to_;
};

} // namespace

awaitable<result<std::vector<copy_plan>>> compare_runs(agent_client& from, agent_client& to,
                                                       comparison what) {
    run_comparison both(from, to, std::move(what));
    co_return co_await both.run();
}

} // namespace outrider
