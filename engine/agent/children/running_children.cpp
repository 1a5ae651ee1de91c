#include "engine/agent/children/running_children.hpp"

#include "engine/agent/children/children_log.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/files/stop_request.hpp"
#include "engine/runs/run_status.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace outrider::agent {
namespace {

/// Between two looks at a child of which nobody tells the end.
constexpr int look_interval_ms = 100;

std::string asked_by(const run_paths& run) {
    const auto request = read_stop_request(run);
    return request ? request->by : std::string();
}

} // namespace

running_children::running_children(const agent_context& context, const descriptor& signals)
    : context_(context), signals_(signals), changes_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

void running_children::add(const protocol::planned_child& child, const run_paths& run, bool alone) {
    // Before the output is read: what is appended after that is told.
    std::ignore = ::inotify_add_watch(changes_.get(), run.output().c_str(), IN_MODIFY);
    active_.push_back({.plan = child,
                       .run = run,
                       .output = child_output(run, !alone),
                       .ends = context_.launcher->ends(run),
                       .stop = {}});
}

void running_children::watch_directory(const std::string& directory) {
    std::ignore = ::inotify_add_watch(changes_.get(), directory.c_str(), IN_CLOSE_WRITE);
}

void running_children::each(const std::function<void(const protocol::planned_child&)>& tell) const {
    for (const auto& child : active_) {
        tell(child.plan);
    }
}

void running_children::stop(const std::string& id, protocol::stop_run how) {
    const auto child = std::ranges::find(
        active_, id, [](const active_child& one) -> const std::string& { return one.plan.id; });
    if (child != active_.end() && !child->stop) {
        child->stop = std::make_unique<unattended_job>([&](reply_channel channel) {
            return make_stop_run_job(context_, std::move(how), channel);
        });
        std::ignore = child->stop->advance(); // what it waits for is asked again in `wait`
    }
}

// Adds what those that are being stopped wait for; gives the time to the next look at them, ms.
int running_children::go_on_stopping(std::vector<pollfd>& polled, int limit) {
    for (auto& child : active_) {
        const auto wait = child.stop ? child.stop->advance() : std::nullopt;
        if (!wait) {
            continue; // it ends without more ado, or there is nothing more to be done
        }
        if (wait->readable_fd) {
            polled.push_back({.fd = *wait->readable_fd, .events = POLLIN, .revents = 0});
        }
        if (wait->deadline) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(*wait->deadline - clock::now());
            const auto in = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
            limit = limit < 0 ? in : std::min(limit, in);
        }
    }
    return limit;
}

bool running_children::wait(int limit) {
    std::vector<pollfd> polled{{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                               {.fd = changes_.get(), .events = POLLIN, .revents = 0}};
    bool all_told = true;
    for (const auto& child : active_) {
        all_told = all_told && !child.ends.empty();
        for (const auto& end : child.ends) {
            polled.push_back({.fd = end.get(), .events = POLLIN, .revents = 0});
        }
    }
    limit = go_on_stopping(polled, all_told ? limit : look_interval_ms);
    ::poll(polled.data(), polled.size(), limit);
    std::array<char, 4096> events;
    while (::read(changes_.get(), events.data(), events.size()) > 0) {
    }
    return polled[0].revents != 0;
}

// False once it has ended.
bool running_children::look_at(active_child& child) const {
    child.output.show();
    std::erase_if(child.ends, [](const descriptor& end) {
        pollfd polled{.fd = end.get(), .events = POLLIN, .revents = 0};
        return ::poll(&polled, 1, 0) > 0;
    });
    if (!child.ends.empty()) {
        return true;
    }
    if (is_run(child.run) && !has_ended(read_run(child.run, *context_.launcher, {}))) {
        return true;
    }
    child.output.finish();
    return false;
}

bool running_children::look_after(
    const std::function<void(const protocol::planned_child&)>& ended) {
    bool any = false;
    for (auto child = active_.begin(); child != active_.end();) {
        if (look_at(*child)) {
            ++child;
            continue;
        }
        const auto plan = std::move(child->plan);
        child = active_.erase(child);
        any = true;
        ended(plan);
    }
    return any;
}

void running_children::stop_all(const parent_run& parent, const char* what, std::int64_t limit_ms) {
    const auto request = [&](const active_child& child) {
        protocol::stop_run out;
        out.home = parent.home;
        out.run_id = child.plan.id;
        // As an element of an array it may be who somebody stops, and we only hear of it.
        const auto asked = asked_by(child.run);
        out.stopped_by = asked.empty() ? "the end of " + parent.id() : asked;
        return out;
    };
    for (auto& child : active_) {
        child.output.show();
        const auto facts = read_run(child.run, *context_.launcher, {});
        log_line(std::string("Stopping ") + what + " (proc " + std::to_string(facts.operation_pid) +
                 ")");
        auto ask = request(child);
        ask.no_wait = true;
        std::ignore = stop_here(context_, std::move(ask)); // it may have ended by itself
    }
    for (auto& child : active_) {
        auto wait = request(child);
        wait.timeout_ms = limit_ms;
        const auto stopped = stop_here(context_, wait); // its own run tells what became of it
        if (stopped && !stopped->survivors.empty()) {
            log_line(std::string("Forcefully terminating ") + what + " (proc " +
                     std::to_string(stopped->survivors.front()) + ")");
            wait.timeout_ms = 0;
            wait.force = true;
            std::ignore = stop_here(context_, std::move(wait));
        }
        child.output.finish();
    }
    active_.clear();
}

} // namespace outrider::agent
