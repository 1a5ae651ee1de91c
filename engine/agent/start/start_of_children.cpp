#include "engine/agent/start/start_of_children.hpp"

#include "engine/agent/start/run_sources.hpp"
#include "engine/runs/manifest.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider::agent {

result<> start_of_children::take(const agent_context& context, const protocol::start_run& request,
                                 const run_paths& run, const environment_map& activated) {
    if (request.children.empty()) {
        return {};
    }
    if (auto placed = place_children(context, request.children, run); !placed) {
        return placed;
    }
    auto plan = children_reader::open(run.children());
    if (!plan) {
        return plan.error();
    }
    head_ = plan->head();
    head_->common.home = request.home;
    environment_ = activated;
    if (head_->proto && keeps_source(*head_, run)) {
        manifest_ =
            read_small_file(run_paths{run.proto()}.manifest(), longest_manifest).value_or("");
    } else if (head_->proto && !head_->common.source_run.empty()) {
        auto copied = copy_run_sources(context, head_->common, {run.proto()});
        if (!copied) {
            return copied.error();
        }
        manifest_ = std::move(*copied);
    }
    return {};
}

std::string start_of_children::package() const {
    return head_ && head_->proto ? head_->common.package : std::string();
}

result<> start_of_children::prepare(const agent_context& context, const run_paths& run,
                                    const std::string& programs) {
    if (!head_ || !head_->proto) {
        return {};
    }
    auto start =
        resolve_start(context, head_->common, {run.proto()}, std::move(environment_), programs);
    if (!start) {
        return start.error();
    }
    start->manifest = std::move(manifest_);
    return write_proto(context, *head_, run, *start);
}

} // namespace outrider::agent
