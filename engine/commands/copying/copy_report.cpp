#include "engine/commands/copying/copy_report.hpp"

#include <utility>

namespace outrider {
namespace {

using namespace std::chrono_literals;

// Between two events of progress: as often as a person can follow.
constexpr auto progress_interval = 200ms;
// Entries of one `copy_planned`.
constexpr std::size_t planned_at_once = 1000;

planned_entry entry_of(const planned_order& planned) {
    const auto& entry = planned.order.entry;
    const bool directory = entry.type == protocol::file_type::directory;
    return {.action = planned.is_new ? copy_action::create : copy_action::update,
            .path = entry.path + (directory ? "/" : ""),
            .bytes = entry.size};
}

} // namespace

copy_report::copy_report(command_session& session, std::string remote) : session_(session) {
    summary_.remote = std::move(remote);
}

void copy_report::begin_pass(std::vector<listed_run> runs, std::int64_t files, std::int64_t bytes) {
    runs_ = std::move(runs);
    next_ = 0;
    progress_ = {.remote = summary_.remote, .files = files, .bytes = bytes};
    for (const auto& run : runs_) {
        progress_.runs += run.unchanged ? 0 : 1;
    }
    meter_ = {};
    meter_.add(std::chrono::steady_clock::now(), 0);
}

// Unchanged runs are told of when their turn comes.
void copy_report::tell_until(const std::string* run_id) {
    while (next_ < runs_.size()) {
        const auto& run = runs_[next_++];
        const bool first = begun_.insert(run.id).second;
        if (first) {
            session_.emit(run_copying{.remote = summary_.remote, .run_id = run.id});
        }
        if (run.unchanged && first) {
            unchanged_.insert(run.id);
            session_.emit(run_copied{
                .remote = summary_.remote, .run_id = run.id, .unchanged = true, .missing = {}});
        }
        if (run_id != nullptr && run.id == *run_id) {
            return;
        }
    }
}

void copy_report::begun(const std::string& run_id) {
    tell_until(&run_id);
}

void copy_report::progressed(const protocol::transfer_ack& ack) {
    const auto now = std::chrono::steady_clock::now();
    meter_.add(now, ack.bytes);
    progress_.files_done = ack.orders;
    progress_.bytes_done = ack.bytes;
    if (now - last_told_ < progress_interval) {
        return;
    }
    last_told_ = now;
    progress_.bytes_per_second = meter_.per_second();
    progress_.seconds_left = meter_.seconds_left(progress_.bytes);
    session_.emit(progress_);
}

void copy_report::received(const protocol::run_received& run) {
    ++progress_.runs_done;
    if (run.failure) {
        return;
    }
    copied_.insert(run.run_id);
    unchanged_.erase(run.run_id); // of an earlier pass
    summary_.files += run.files;
    summary_.bytes += run.bytes;
    session_.emit(run_copied{.remote = summary_.remote,
                             .run_id = run.run_id,
                             .files = run.files,
                             .bytes = run.bytes,
                             .kept_bytes = run.kept_bytes,
                             .live = run.live,
                             .missing = run.missing});
}

void copy_report::end_pass(const transfer_totals& totals) {
    tell_until(nullptr);
    summary_.sent_bytes += totals.sent_bytes;
}

void copy_report::planned(const copy_plan& plan, bool unchanged) {
    summary_.dry_run = true;
    (unchanged ? unchanged_ : copied_).insert(plan.run_id);
    summary_.files += plan.count();
    summary_.bytes += plan.bytes();
    copy_planned event{.remote = summary_.remote, .run_id = plan.run_id, .entries = {}};
    const auto add = [&](planned_entry entry) {
        event.entries.push_back(std::move(entry));
        if (event.entries.size() == planned_at_once) {
            session_.emit(event);
            event.entries.clear();
        }
    };
    for (const auto* step : {&plan.files, &plan.attributes, &plan.opref}) {
        for (const auto& order : *step) {
            if (!order.touched) {
                add(entry_of(order));
            }
        }
    }
    for (const auto& path : plan.remove) {
        add({.action = copy_action::remove, .path = path});
    }
    if (!event.entries.empty() || plan.nothing_to_copy()) {
        session_.emit(event);
    }
}

void copy_report::left_out(const std::string& why) {
    ++summary_.left_out;
    if (!why.empty()) {
        session_.emit(note{.warning = true, .text = why});
    }
}

void copy_report::finish() {
    summary_.copied = static_cast<std::int64_t>(copied_.size());
    summary_.unchanged = static_cast<std::int64_t>(unchanged_.size());
    summary_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    session_.emit(summary_);
}

} // namespace outrider
