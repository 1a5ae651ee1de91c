#include "engine/service/notify_job.hpp"

#include "engine/api/wire_text.hpp"
#include "engine/core/wall_clock.hpp"
#include "engine/fleet/run_rows.hpp"
#include "engine/json/described_json.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace outrider {
namespace {

// An environment ends a value at the first zero byte.
std::string without_zeros(std::string text) {
    if (const auto zero = text.find('\0'); zero != text.npos) {
        text.resize(zero);
    }
    return text;
}

std::string number(std::optional<std::int64_t> value) {
    return value ? std::to_string(*value) : std::string();
}

std::string joined(const std::vector<std::string>& items) {
    std::string text;
    for (const auto& item : items) {
        text += (text.empty() ? "" : ",") + item;
    }
    return text;
}

using namespace std::chrono_literals;

/// Ends that wait to be told; of more the oldest are given up, and counted as failed.
constexpr std::size_t most_to_tell = 1000;

} // namespace

std::map<std::string, std::string> notification_environment(const job_record& job,
                                                            const end_to_tell& end, bool repeated) {
    const auto& run = end.run;
    std::map<std::string, std::string> out{
        {"OUTRIDER_NOTIFICATION", end.id},
        {"OUTRIDER_REPEATED", repeated ? "1" : "0"},
        {"OUTRIDER_JOB", job.id},
        {"OUTRIDER_JOB_NAME", job.notify.name},
        {"OUTRIDER_REMOTE", job.notify.remote},
        {"OUTRIDER_RUN", run.id},
        {"OUTRIDER_OPERATION", run.operation},
        {"OUTRIDER_STATE", boost::describe::enum_to_string(run.state, "error")},
        {"OUTRIDER_EXIT_STATUS", number(run.exit_status)},
        {"OUTRIDER_REASON", run.reason},
        {"OUTRIDER_LABEL", run.label},
        {"OUTRIDER_TAGS", joined(run.tags)},
        {"OUTRIDER_STARTED", number(run.started_us)},
        {"OUTRIDER_STOPPED", number(run.stopped_us)},
        {"OUTRIDER_RUN_DIR", run.directory}};
    for (auto& [name, value] : out) {
        value = without_zeros(std::move(value));
    }
    return out;
}

std::string notification_body(const job_record& job, const end_to_tell& end, bool repeated) {
    boost::json::value body = {{"notification", end.id},
                               {"repeated", repeated},
                               {"job", job.id},
                               {"job_name", job.notify.name},
                               {"remote", job.notify.remote},
                               {"run", protocol::to_json(end.run)}};
    make_wire(body);
    return boost::json::serialize(body);
}

telling_verdict judge_status(int http_status) {
    constexpr int too_slow = 408;
    constexpr int too_early = 425;
    constexpr int too_many = 429;
    if (http_status >= 200 && http_status < 300) {
        return telling_verdict::told;
    }
    const bool busy = http_status == too_slow || http_status == too_early ||
                      http_status == too_many || http_status >= 500;
    return busy ? telling_verdict::try_again : telling_verdict::give_up;
}

// 1 s, 2 s, 4 s, … at most 10 min: about an hour and a half in all.
std::optional<std::chrono::seconds> pause_after(std::int64_t tries) {
    constexpr std::int64_t most_tries = 18;
    if (tries >= most_tries) {
        return std::nullopt;
    }
    const std::chrono::seconds pause = 1s * (1 << std::clamp<std::int64_t>(tries - 1, 0, 10));
    return std::min<std::chrono::seconds>(pause, 10min);
}

bool notify_job::chooses(const protocol::run_facts& facts, const run_row& row) {
    if (job_.named) {
        return std::erase(job_.runs, row.id) > 0;
    }
    const auto filtering = run_filtering::parse(job_.notify.selection.filter, wall_clock_us());
    return !filtering || filtering->keeps({.facts = facts, .row = row, .scalars = {}});
}

void notify_job::see(const machine_memory& machine) {
    std::vector<run_row> rows;
    rows.reserve(machine.runs.size());
    for (const auto& facts : machine.runs) {
        rows.push_back(row_of(facts));
    }
    const auto before = job_.marks;
    for (const auto& row : take_ends(job_.marks, rows, machine.whole())) {
        const auto facts = std::ranges::find(machine.runs, row.id, &protocol::run_facts::id);
        if (chooses(*facts, row)) {
            job_.to_tell.push_back({.id = new_notification_id(), .run = row});
        }
    }
    if (job_.named && machine.whole()) { // what was deleted never ends
        unsaved_ |= std::erase_if(job_.runs, [&](const auto& id) {
                        return std::ranges::find(rows, id, &run_row::id) == rows.end();
                    }) > 0;
    }
    if (job_.to_tell.size() > most_to_tell) {
        const auto excess = job_.to_tell.size() - most_to_tell;
        job_.failed += static_cast<std::int64_t>(excess);
        job_.to_tell.erase(job_.to_tell.begin(),
                           job_.to_tell.begin() + static_cast<std::ptrdiff_t>(excess));
    }
    if (before.newest_started_us != job_.marks.newest_started_us ||
        before.unfinished != job_.marks.unfinished) {
        unsaved_ = true;
    }
    if (unsaved_) {
        changed_.notify();
    }
}

awaitable<void> notify_job::run() {
    for (;;) {
        if (unsaved_) {
            co_await save();
        } else if (!job_.to_tell.empty()) {
            co_await tell_first();
        } else if (job_.named && job_.runs.empty()) {
            co_return;
        } else if (!co_await changed_.wait()) {
            co_return;
        }
    }
}

awaitable<void> notify_job::save() {
    unsaved_ = false;
    if (auto saved = co_await record_(job_); !saved) {
        // What is not on disk is not told: it would be told again after every restart.
        trouble_ = saved.error().context;
        unsaved_ = true;
        asio::steady_timer pause(co_await asio::this_coro::executor, 10s);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

awaitable<void> notify_job::tell_first() {
    // The record of a try is on disk before the try is made.
    ++job_.to_tell.front().tries;
    unsaved_ = true;
    while (unsaved_) {
        co_await save();
    }
    if (job_.to_tell.empty()) {
        co_return;
    }
    const auto end = job_.to_tell.front(); // others may be added meanwhile
    auto tried = co_await try_to_tell(end);
    if (job_.to_tell.empty() || job_.to_tell.front().id != end.id) {
        co_return; // it was too old
    }
    trouble_ = tried ? "" : tried.error().context;
    const bool again =
        tried ? *tried == telling_verdict::try_again : tried.error().kind() != errc::bad_input;
    const auto pause = again ? pause_after(end.tries) : std::nullopt;
    if (again && pause) {
        spdlog::info("job {}: the end of run {} could not be told: {}", job_.id, end.run.id,
                     trouble_);
        asio::steady_timer timer(co_await asio::this_coro::executor, *pause);
        co_await timer.async_wait(asio::use_awaitable);
        co_return;
    }
    const bool told = tried && *tried == telling_verdict::told;
    (told ? job_.told : job_.failed) += 1;
    spdlog::info("job {}: the end of run {} {}", job_.id, end.run.id,
                 told ? "was told" : "is given up: " + trouble_);
    job_.to_tell.erase(job_.to_tell.begin());
    unsaved_ = true;
}

awaitable<result<telling_verdict>> notify_job::try_to_tell(const end_to_tell& end) {
    const bool repeated = end.tries > 1;
    if (!job_.notify.webhook.empty()) {
        auto status = co_await sender_.post({.url = job_.notify.webhook,
                                             .body = notification_body(job_, end, repeated),
                                             .idempotency_key = end.id});
        if (!status) {
            co_return status.error();
        }
        const auto verdict = judge_status(*status);
        if (verdict == telling_verdict::give_up) {
            co_return failure(errc::bad_input, job_.notify.webhook + " answers with status " +
                                                   std::to_string(*status));
        }
        if (verdict == telling_verdict::try_again) {
            co_return failure(errc::connect_failed, job_.notify.webhook + " answers with status " +
                                                        std::to_string(*status));
        }
        co_return verdict;
    }
    program_request what{.words = job_.notify.program,
                         .environment = job_.context.environment,
                         .directory = job_.context.directory};
    what.environment.merge(notification_environment(job_, end, repeated));
    auto ended = co_await sender_.run(std::move(what));
    if (!ended) {
        co_return ended.error();
    }
    if (*ended != 0) {
        // It was started and knows of the end: starting it again would tell it twice.
        spdlog::warn("job {}: {} ended with {}", job_.id, job_.notify.program.front(), *ended);
    }
    co_return telling_verdict::told;
}

} // namespace outrider
