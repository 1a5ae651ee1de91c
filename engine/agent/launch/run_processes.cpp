#include "engine/agent/launch/process_launcher.hpp"
#include "engine/agent/machine/descendants.hpp"
#include "engine/agent/machine/signal_process.hpp"
#include "engine/runs/run_identity.hpp"

namespace outrider::agent {
namespace {

/// The operation and what descends from it. Descendants are known by their parents, and those links
/// are lost when the operation ends: they have to be looked for before it is signalled.
class local_run final : public launched_run {
  public:
    local_run(run_processes processes, process_mark recorder)
        : processes_(std::move(processes)), recorder_(recorder),
          operation_watch_(watch_process(processes_.operation)) {}

    void look() override {
        left_ = living_processes(processes_, left_);
        if (operation_watch_ && !is_alive(processes_.operation)) {
            operation_watch_.reset(); // readable for ever from now on
        }
    }
    std::vector<std::int64_t> left() const override {
        std::vector<std::int64_t> out;
        for (const auto& process : left_) {
            out.push_back(process.pid);
        }
        return out;
    }
    void signal(int number, signal_target target) override {
        if (target == signal_target::operation) {
            signal_process(processes_.operation, number);
        } else {
            for (const auto& process : left_) {
                signal_process(process, number);
            }
        }
        // All of them: an operation that ends may wait for workers that were suspended with it.
        wake_suspended(left_);
    }
    bool recorder_lives() const override { return is_alive(recorder_); }
    std::optional<int> end_fd() const override {
        return operation_watch_ ? std::optional(operation_watch_.get()) : std::nullopt;
    }

  private:
    run_processes processes_;
    process_mark recorder_; // who writes the exit status: our supervisor, or Guild
    std::vector<process_mark> left_;
    descriptor operation_watch_;
};

} // namespace

std::unique_ptr<launched_run> process_launcher::find(const run_paths& run) {
    run_processes processes{.run_id = run.directory.filename().native(),
                            .directory = run.directory.native()};
    const auto pid = alive(run).operation_pid;
    const auto identity = read_identity(run.identity());
    if (identity && pid == identity->operation.pid) {
        processes.operation = identity->operation;
        processes.supervisor = identity->supervisor;
        return std::make_unique<local_run>(std::move(processes), identity->supervisor);
    }
    // A run of Guild: its parent waits for it and writes the exit status. Judged once more after
    // the process was looked at: only then it is the one that LOCK means, and no later one of its
    // pid.
    process_mark recorder;
    const auto operation = read_process(pid);
    if (operation && alive(run).operation == protocol::process_state::alive) {
        processes.operation = operation->mark();
        const auto parent = read_process(operation->parent);
        recorder = parent && parent->pid > 1 ? parent->mark() : process_mark{};
    }
    return std::make_unique<local_run>(std::move(processes), recorder);
}

} // namespace outrider::agent
