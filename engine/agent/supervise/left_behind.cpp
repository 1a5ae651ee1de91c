#include "engine/agent/supervise/left_behind.hpp"

#include "engine/agent/files/stop_request.hpp"
#include "engine/agent/machine/signal_process.hpp"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// Between the end of the operation and asking its descendants, as `stop` waits.
constexpr auto own_time = 5s;
/// How long they may take then.
constexpr auto asked_time = 5s;
/// How long they may take to go after SIGKILL.
constexpr auto killed_time = 2s;
/// Between two looks at all processes, of which the end of a child is not one.
constexpr auto first_interval = 20ms;
constexpr std::chrono::milliseconds last_interval = 500ms;
/// An older stop has failed: the operation ran on, and this is its own end.
constexpr std::int64_t stop_is_recent_us = 10 * 60 * std::int64_t{1'000'000};

std::optional<stop_request> recent_stop(const run_paths& run) {
    auto request = read_stop_request(run);
    return request && now_us() - request->time_us < stop_is_recent_us ? std::move(request)
                                                                      : std::nullopt;
}

} // namespace

void end_left_behind(const run_paths& run, const process_mark& operation, int child_signals,
                     const std::function<void()>& reap) {
    const auto stop = recent_stop(run);
    if (!stop) {
        return;
    }
    const run_processes all{.run_id = run.directory.filename().native(),
                            .directory = run.directory.native(),
                            .operation = operation,
                            .supervisor = own_mark()};
    std::vector<int> steps{SIGTERM};
    if (stop->by == stopped_by_time) {
        steps.push_back(SIGKILL);
    }
    auto next = steps.begin();
    auto step_end = clock::now() + own_time;
    auto interval = std::chrono::milliseconds(first_interval);
    for (auto left = living_processes(all, {}); !left.empty(); left = living_processes(all, left)) {
        if (clock::now() >= step_end && next == steps.end()) {
            return; // whoever waits for the stop names them
        }
        if (clock::now() >= step_end) {
            for (const auto& process : left) {
                signal_process(process, *next);
            }
            wake_suspended(left);
            step_end = clock::now() + (*next == SIGKILL ? killed_time : asked_time);
            interval = first_interval;
            ++next;
        }
        pollfd polled{.fd = child_signals, .events = POLLIN, .revents = 0};
        ::poll(&polled, 1, static_cast<int>(interval.count()));
        interval = std::min(interval * 5 / 4, last_interval);
        reap();
    }
}

} // namespace outrider::agent
