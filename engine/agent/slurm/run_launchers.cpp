#include "engine/agent/slurm/run_launchers.hpp"

namespace outrider::agent {

run_launcher& run_launchers::of(const run_paths& run) {
    const auto record = read_job_record(run);
    if (!record || record->phase == job_phase::planned || is_inside(*record, own_)) {
        return processes_;
    }
    return jobs_;
}

result<std::unique_ptr<launch_progress>>
run_launchers::launch(const run_paths& run, const supervisor_words& words,
                      const std::map<std::string, std::string>& environment,
                      const descriptor& lock) {
    const auto record = read_job_record(run);
    if (!record || record->phase == job_phase::inside) {
        return processes_.launch(run, words, environment, lock);
    }
    return jobs_.launch(run, words, environment, lock);
}

void choose_launchers(agent_context& context) {
    auto view = std::make_shared<slurm_view>();
    context.launcher = std::make_shared<run_launchers>(context.machine, view, context.build);
    context.background = std::move(view);
}

slurm_view* view_of(const agent_context& context) {
    return dynamic_cast<slurm_view*>(context.background.get());
}

} // namespace outrider::agent
