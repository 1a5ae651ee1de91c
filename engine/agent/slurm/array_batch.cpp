#include "engine/agent/slurm/array_batch.hpp"

#include "engine/agent/files/run_lock.hpp"
#include "engine/agent/files/stop_request.hpp"
#include "engine/agent/slurm/slurm_answers.hpp"
#include "engine/json/described_json.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t largest_array_file = std::size_t{16} << 20;
/// A lock that others hold for a few small files each.
constexpr auto batch_lock_limit = 5min;
constexpr int batch_lock_interval_ms = 20;

fs::path array_file(const run_paths& batch) {
    return batch.ours() / "array";
}

bool is_there(const fs::path& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

descriptor lock_batch(const run_paths& batch, bool wait = true) {
    const auto deadline = std::chrono::steady_clock::now() + batch_lock_limit;
    for (;;) {
        auto lock = try_lock_run(batch);
        if (!lock) {
            return {};
        }
        if (lock->has_value()) {
            return std::move(**lock);
        }
        if (!wait || std::chrono::steady_clock::now() >= deadline) {
            return {};
        }
        ::poll(nullptr, 0, batch_lock_interval_ms);
    }
}

bool put_in(const run_paths& run, const fs::path& path, const std::string& text) {
    return replace_file(path, run.temporary(path.filename().native()), text).has_value();
}

} // namespace

std::vector<std::string> read_array(const run_paths& batch) {
    const auto text = read_small_file(array_file(batch), largest_array_file);
    std::vector<std::string> out;
    for (const auto line : lines_of(text ? std::string_view(*text) : std::string_view())) {
        out.emplace_back(line);
    }
    return out;
}

result<> write_array(const run_paths& batch, const std::vector<std::string>& trials) {
    std::string text;
    for (const auto& id : trials) {
        text += id + "\n";
    }
    return replace_file(array_file(batch), batch.temporary("array"), text);
}

void begin_batch(const run_paths& batch) {
    if (!is_there(batch.pending())) {
        return; // another one was first
    }
    const auto lock = lock_batch(batch);
    if (lock && is_there(batch.pending())) {
        std::ignore = put_in(batch, batch.attribute("started"), std::to_string(now_us()) + "\n");
        std::ignore = remove_file(batch.pending()); // else the next element does it
    }
}

namespace {

// Under its lock.
void write_end_of_batch(const run_paths& batch) {
    const auto stop = read_stop_request(batch);
    if (stop) {
        const std::string who = stop->by.empty() ? "stopped" : "stopped by " + stop->by;
        const protocol::end_reason reason{"stopped", stop->reason.empty() ? who : stop->reason};
        std::ignore = put_in(batch, batch.reason(), protocol::encode(reason) + "\n");
    }
    // The exit status last: with it the run has ended.
    std::ignore = put_in(batch, batch.attribute("stopped"), std::to_string(now_us()) + "\n");
    std::ignore = remove_file(batch.pending());
    std::ignore =
        put_in(batch, batch.attribute("exit_status"), std::to_string(stop ? -SIGTERM : 0) + "\n");
}

bool has_ended_or_gone(const run_paths& trial) {
    return is_there(trial.attribute("exit_status")) || !is_there(trial.opref());
}

} // namespace

void end_batch(const run_paths& batch, bool wait_for_lock) {
    const auto all_ended = [&] {
        const auto trials = read_array(batch);
        return !trials.empty() && std::ranges::all_of(trials, [&](const std::string& id) {
            return has_ended_or_gone({batch.directory.parent_path() / id});
        });
    };
    if (is_there(batch.attribute("exit_status")) || !all_ended()) {
        return;
    }
    const auto lock = lock_batch(batch, wait_for_lock);
    if (lock && !is_there(batch.attribute("exit_status"))) {
        write_end_of_batch(batch);
    }
}

void end_stopped_batch(const run_paths& batch) {
    if (is_there(batch.attribute("exit_status"))) {
        return;
    }
    const auto lock = try_lock_run(batch);
    if (!lock || !lock->has_value() || is_there(batch.attribute("exit_status"))) {
        return; // the next look does it
    }
    for (const auto& id : read_array(batch)) {
        const run_paths trial{batch.directory.parent_path() / id};
        const auto record = read_job_record(trial);
        if (record && record->phase == job_phase::submitted && is_there(trial.pending())) {
            std::ignore = remove_job_record(trial); // pending trials can be started as needed
        }
    }
    write_end_of_batch(batch);
}

} // namespace outrider::agent
