#include "engine/agent/children/children_process.hpp"

#include "engine/agent/children/children_log.hpp"
#include "engine/agent/children/children_run.hpp"
#include "engine/agent/machine/machine.hpp"
#include "engine/agent/server/pipe.hpp"
#include "engine/agent/slurm/run_launchers.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/chosen_children.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <tuple>
#include <utility>

namespace outrider::agent {
namespace {

int signal_pipe = -1; // written by the signal handler, which can do little else

void note_signal(int) {
    const int error = errno;
    std::ignore = ::write(signal_pipe, "s", 1); // a full pipe says it already
    errno = error;
}

// What this operation was given is not for the operations that it starts.
void clear_own_environment() {
    for (const char* name : {"GUILD_OP", "CMD_DIR", "GUILD_SOURCECODE", "PROJECT_DIR",
                             "GUILD_PLUGINS", "SYNC_RUN_OUTPUT"}) {
        ::unsetenv(name);
    }
}

result<descriptor> catch_signals() {
    auto pipe = make_pipe("cannot watch for signals");
    if (!pipe) {
        return pipe.error();
    }
    ::fcntl(pipe->write.get(), F_SETFL, O_NONBLOCK);
    // Ours for good: a signal may come until the process ends.
    signal_pipe = ::fcntl(pipe->write.get(), F_DUPFD_CLOEXEC, 3);
    for (const int number : {SIGTERM, SIGINT}) {
        ::signal(number, note_signal);
    }
    ::signal(SIGPIPE, SIG_IGN); // who records our output may be gone; the children are not
    ::signal(SIGCHLD, SIG_DFL);
    return std::move(pipe->read);
}

} // namespace

namespace {

/// Runs the children of a parent; nothing: it was stopped.
result<std::optional<int>> run_children_of(parent_run parent, chosen_children chosen) {
    ::dup2(STDOUT_FILENO, STDERR_FILENO); // so that lines keep their order
    auto plan = children_reader::open(parent.run.children());
    if (!plan) {
        return plan.error();
    }
    auto signals = catch_signals();
    if (!signals) {
        return signals.error();
    }
    if (const auto record = read_job_record(parent.run)) {
        // Slurm kills all: the ends of the children are to be on record before that.
        constexpr std::int64_t margin_s = 3;
        chosen.stop_limit_ms =
            std::clamp<std::int64_t>(record->kill_wait_s - margin_s, 1, 25) * 1000;
    }
    clear_own_environment();
    auto context = describe_agent();
    choose_launchers(context);
    context.starts_processes_only = true; // also where we are a job ourselves
    context.activated = plan->head().common.activation;
    children_run all(std::move(context), std::move(parent), std::move(*plan), std::move(*signals),
                     std::move(chosen));
    const auto code = all.run();
    std::fflush(stdout);
    return code;
}

} // namespace

int run_children() {
    const char* directory = std::getenv("RUN_DIR");
    const char* home = std::getenv("GUILD_HOME");
    if (directory == nullptr || home == nullptr) {
        std::fputs("outrider-agent: only a batch or a pipeline runs children\n", stderr);
        return 2;
    }
    parent_run parent{.run = {fs::path(directory)}, .home = home};
    drop_unfinished_line(parent.run.children());
    chosen_children chosen{read_chosen_children(parent.run)};
    const auto code = run_children_of(std::move(parent), std::move(chosen));
    if (!code) {
        log_line(code.error().context, "ERROR");
        return 1;
    }
    if (*code) {
        return **code;
    }
    ::signal(SIGTERM, SIG_DFL);
    ::raise(SIGTERM); // the run is terminated, not completed
    return 1;
}

int run_one_child(const run_paths& parent, const std::string& id) {
    // As one of several: their lines come together in one output.
    chosen_children chosen;
    chosen.lost = false;
    chosen.parallel = 2;
    chosen.only = id;
    const fs::path home = parent.directory.parent_path().parent_path();
    const auto code = run_children_of({.run = parent, .home = home.native()}, std::move(chosen));
    if (!code) {
        log_line(code.error().context, "ERROR");
        return 1;
    }
    return code->value_or(128 + SIGTERM);
}

} // namespace outrider::agent
