#include "engine/agent/supervise/supervisor_start.hpp"

#include "engine/runs/read_run.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace outrider::agent {

result<supervisor_start> supervisor_start::launch(const agent_context& context,
                                                  const run_paths& run,
                                                  const supervisor_words& words,
                                                  const environment_map& environment,
                                                  const descriptor& lock) {
    auto report = launch_supervisor(run, words, environment, lock);
    if (!report) {
        return report.error();
    }
    return supervisor_start(context, run, std::move(*report));
}

result<std::optional<start_outcome>> supervisor_start::poll() {
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
result<std::optional<start_outcome>> supervisor_start::without_report() {
    if (read_run(run_, context_->machine, {}).lock) {
        return std::optional(start_outcome{});
    }
    abandoned_ = true;
    return failure(errc::start_failed, "the supervisor of run " +
                                           run_.directory.filename().native() +
                                           " ended before it started the operation");
}

} // namespace outrider::agent
