#include "engine/agent/launch/process_launcher.hpp"

#include "engine/agent/launch/supervisor_launch.hpp"
#include "engine/agent/machine/signal_process.hpp"
#include "engine/runs/run_identity.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace outrider::agent {
namespace {

/// Reads the report of a supervisor from the pipe that it inherited.
class process_start final : public launch_progress {
  public:
    process_start(run_paths run, descriptor report)
        : run_(std::move(run)), report_(std::move(report)) {}

    result<std::optional<start_outcome>> poll() override;
    job_wait wait() const override { return {.readable_fd = report_.get()}; }
    bool is_abandoned() const override { return abandoned_; }

  private:
    result<std::optional<start_outcome>> without_report();

    run_paths run_;
    descriptor report_;
    std::string text_;
    bool abandoned_ = false;
};

result<std::optional<start_outcome>> process_start::poll() {
    for (;;) {
        std::array<char, 4096> chunk;
        const auto got = ::read(report_.get(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && errno == EAGAIN) {
            return std::optional<start_outcome>{};
        }
        if (got <= 0) {
            break;
        }
        text_.append(chunk.data(), static_cast<std::size_t>(got));
    }
    auto report = protocol::decode<start_report>(text_);
    if (!report) {
        return without_report();
    }
    if (report->error) {
        return failure(errc_from_name(report->error->code).value_or(errc::start_failed),
                       report->error->context);
    }
    return std::optional(start_outcome{.warning = std::move(report->warning)});
}

// The supervisor never came to life or was killed. If it had written LOCK by then, the operation
// may have been executed and the run stays.
result<std::optional<start_outcome>> process_start::without_report() {
    if (::access(run_.lock().c_str(), F_OK) == 0) {
        return std::optional(start_outcome{});
    }
    abandoned_ = true;
    return failure(errc::start_failed, "the supervisor of run " +
                                           run_.directory.filename().native() +
                                           " ended before it started the operation");
}

} // namespace

result<std::unique_ptr<launch_progress>>
process_launcher::launch(const run_paths& run, const supervisor_words& words,
                         const std::map<std::string, std::string>& environment,
                         const descriptor& lock) {
    auto report = launch_supervisor(run, words, environment, lock);
    if (!report) {
        return report.error();
    }
    return std::make_unique<process_start>(run, std::move(*report));
}

std::vector<descriptor> process_launcher::ends(const run_paths& run) {
    std::vector<descriptor> out;
    const auto identity = read_identity(run.identity());
    if (!identity || place_of(*identity, machine_) != identity_origin::here) {
        return out;
    }
    for (const auto& mark : {identity->operation, identity->supervisor}) {
        if (auto process = watch_process(mark)) {
            out.push_back(std::move(process));
        }
    }
    return out;
}

} // namespace outrider::agent
