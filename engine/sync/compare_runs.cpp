#include "engine/sync/compare_runs.hpp"

#include "engine/sync/path_order.hpp"
#include "engine/sync/scan_stream.hpp"

namespace outrider {
namespace {

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
