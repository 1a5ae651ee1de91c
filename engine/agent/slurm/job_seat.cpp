#include "engine/agent/slurm/job_seat.hpp"

#include "engine/agent/files/run_lock.hpp"
#include "engine/agent/slurm/slurm_answers.hpp"
#include "engine/agent/slurm/slurm_words.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// Longest that a submission holds the run's lock, and between two looks at it.
constexpr auto seat_limit = 5min;
constexpr int seat_interval_ms = 50;
/// Between killing what is left of an operation and Slurm's killing all, and the longest grace.
constexpr auto kill_margin = 2s;
constexpr std::chrono::milliseconds longest_grace = 20s;
/// For a question whose answer only words a reason.
constexpr auto why_limit = 3s;
constexpr auto why_wait = 1500ms;
/// What squeue prints as the time that is left where there is none: it looks at it now and then.
constexpr std::array<std::string_view, 4> no_time_left{"0:00", "0:01", "0:02", "INVALID"};

result<descriptor> wait_for_run_lock(const run_paths& run) {
    const auto deadline = clock::now() + seat_limit;
    for (;;) {
        auto lock = try_lock_run(run);
        if (!lock) {
            return lock.error();
        }
        if (lock->has_value()) {
            return std::move(**lock);
        }
        if (clock::now() >= deadline) {
            return failure(errc::timed_out, "the lock of the run is not given back");
        }
        ::poll(nullptr, 0, seat_interval_ms);
    }
}

failure not_this_job(const std::string& why) {
    return {errc::conflict, "this is not the job of the run any more: " + why};
}

result<> check_seat(const job_record& record, const own_job& own) {
    if (record.phase != job_phase::submitting && record.phase != job_phase::submitted) {
        return not_this_job("the run is none of Slurm's");
    }
    if (record.name != own.name) {
        return not_this_job("its job is called " + record.name);
    }
    const bool is_named =
        record.job_id == own.id || (!own.array_id.empty() && record.job_id == own.array_id);
    const bool is_old = std::ranges::find(record.earlier, own.id) != record.earlier.end();
    if (is_old || (record.phase == job_phase::submitted && !is_named)) {
        return not_this_job("its job is " + record.job_id);
    }
    if (!record.taken_by.empty() &&
        (record.taken_by != own.id || own.restarts <= record.restarts)) {
        return not_this_job("it has begun already");
    }
    return {};
}

// What the attempt before has written. Its output goes by name only: it may write on.
result<> forget_attempt(const run_paths& run) {
    if (auto written = write_new_file(run.pending(), ""); !written) {
        return written;
    }
    for (const auto& path :
         {run.attribute("exit_status"), run.attribute("stopped"), run.reason(), run.stop_request(),
          run.lock(), run.identity(), run.output(), run.output_index()}) {
        if (auto removed = remove_file(path); !removed) {
            return removed;
        }
    }
    return {};
}

} // namespace

result<job_seat> job_seat::take(const run_paths& run) {
    const auto own = job_of_this_process();
    if (!own) {
        return failure(errc::conflict, "this is no job");
    }
    auto lock = wait_for_run_lock(run);
    if (!lock) {
        return lock.error();
    }
    auto record = read_job_record(run);
    if (!record) {
        return not_this_job("it is not on record");
    }
    if (auto good = check_seat(*record, *own); !good) {
        return good.error();
    }
    const bool waits =
        ::access(run.pending().c_str(), F_OK) == 0 || ::access(run.staged().c_str(), F_OK) == 0;
    if (record->taken_by.empty() && !waits) {
        return not_this_job("the run has ended"); // it was stopped before it began
    }
    if (!record->taken_by.empty()) {
        if (auto forgotten = forget_attempt(run); !forgotten) {
            return forgotten.error();
        }
    }
    record->phase = job_phase::submitted;
    record->job_id = own->array_id.empty() ? own->id : own->array_id;
    record->taken_by = own->id;
    record->taken_us = now_us();
    record->restarts = own->restarts;
    record->node = own->node;
    if (auto written = write_job_record(run, *record); !written) {
        return written.error();
    }
    return job_seat(run, std::move(*record), std::move(*lock));
}

bool job_seat::is_ours() const {
    const auto now = read_job_record(run_);
    // A record that cannot be read now says nothing.
    return !now || (now->taken_by == record_.taken_by && now->restarts == record_.restarts &&
                    now->attempt == record_.attempt);
}

void job_seat::give_back() {
    record_.phase = job_phase::planned;
    record_.earlier.push_back(record_.job_id);
    std::ignore = write_job_record(run_, record_); // the reason is on disk as well
}

std::chrono::milliseconds job_seat::grace() const {
    const auto until_kill = std::chrono::seconds(std::max<std::int64_t>(record_.kill_wait_s, 0));
    return std::clamp<std::chrono::milliseconds>(until_kill - kill_margin, 500ms, longest_grace);
}

void job_seat::ask_why() {
    asked_ = clock::now();
    question_ = std::make_unique<slurm_question>(
        std::vector<std::string>{"squeue", "-h", "-t", "all", "-j", record_.taken_by, "-O",
                                 "TimeLeft:|,RestartCnt:|"},
        slurm_environment(inherited_environment()), why_limit);
}

// The time that is left and how often the job was started again; nothing without an answer.
std::vector<std::string> job_seat::answered() {
    // Its output alone: that it has ended is told to whoever waits for all children. More than a
    // word depends on it where the job may start again.
    const auto limit = record_.options.requeue ? std::max<clock::duration>(grace(), why_wait)
                                               : clock::duration(why_wait);
    while (question_ && question_->said().find('\n') == std::string::npos &&
           clock::now() < asked_ + limit) {
        ::poll(nullptr, 0, 10);
    }
    const std::string told = question_ ? question_->said() : std::string();
    for (const auto line : lines_of(told)) {
        const auto fields = fields_of(line, '|', 3);
        if (fields.size() == 3) {
            return {std::string(fields[0]), std::string(fields[1])};
        }
    }
    return {};
}

bool job_seat::is_requeued() {
    const auto told = answered();
    if (told.empty()) {
        return record_.options.requeue; // an end would be final, and Slurm tells its own
    }
    return std::strtoll(told[1].c_str(), nullptr, 10) > record_.restarts;
}

protocol::end_reason job_seat::why() {
    const auto told = answered();
    const bool is_over =
        !told.empty() && std::ranges::find(no_time_left, told[0]) != no_time_left.end();
    return is_over ? protocol::end_reason{"time_limit", "the time limit of its job was reached"}
                   : protocol::end_reason{"cancelled", "ended by Slurm: its job was cancelled"};
}

void job_seat::wait_again() {
    std::ignore = write_new_file(run_.pending(), ""); // else the next attempt does
    auto record = record_;
    record.taken_by.clear();
    std::ignore = write_job_record(run_, record);
    for (const auto& path : {run_.lock(), run_.identity()}) {
        std::ignore = remove_file(path); // of processes that are gone: they say nothing
    }
}

} // namespace outrider::agent
