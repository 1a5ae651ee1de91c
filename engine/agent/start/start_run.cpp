#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/files/tree_removal.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/slurm/job_record.hpp"
#include "engine/agent/start/start_operation.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider::agent {
namespace {

using protocol::process_state;

/// A run that does not exist yet.
class new_run final : public start_origin {
  public:
    explicit new_run(protocol::start_run request) : request_(std::move(request)) {}

    result<run_paths> find(const agent_context& context) override;
    result<verdict> take(const agent_context& context, const run_paths& run) override;
    const protocol::start_run& request() const override { return request_; }
    result<> prepare(const agent_context& context, const run_paths& run,
                     resolved_start& start) override {
        return prepare_run(context, request_, run, start);
    }
    void discard(const run_paths& run) override;
    void keep_failed(const run_paths& run, const failure& why) override;

  private:
    protocol::start_run request_;
};

// Only what a start of ours may have left there: a start that fails removes the whole directory.
bool holds_nothing_else(const fs::path& directory) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        if (entry.path().filename() != ".guild") {
            return false;
        }
    }
    return true;
}

result<run_paths> new_run::find(const agent_context& context) {
    if (auto good = check_start_request(request_); !good) {
        return good.error();
    }
    auto run = run_of_request(context, request_.home, request_.run_id, request_.run_dir);
    if (run && !request_.run_dir.empty() && !is_run(*run) && !holds_nothing_else(run->directory)) {
        return failure(errc::conflict, "the run directory '" + request_.run_dir +
                                           "' is not empty\nName a new or an empty directory.");
    }
    return run;
}

// Where the run is there already an earlier request made it, unless that start was cut off before
// its operation was forked; then this request makes it anew.
result<start_origin::verdict> new_run::take(const agent_context& context, const run_paths& run) {
    if (!is_run(run)) {
        return verdict::go_on;
    }
    const auto facts = read_run(run, *context.launcher, {});
    // One that Slurm may have is never made anew: its job would find another run.
    const auto record = read_job_record(run);
    const bool may_be_job = record && record->phase != job_phase::planned;
    if (!may_be_job && facts.pending && !facts.lock && facts.operation == process_state::none &&
        read_identity(run.starting())) {
        discard(run);
        return verdict::look_again;
    }
    const auto id = request_.attributes.find("id");
    if (!request_.run_dir.empty() && id != request_.attributes.end() &&
        read_small_file(run.attribute("initialized")) !=
            std::optional(request_.attributes["initialized"])) {
        return failure(errc::conflict, "there is a run in '" + request_.run_dir +
                                           "' already\nName another directory.");
    }
    return verdict::started_before;
}

void new_run::discard(const run_paths& run) {
    std::ignore = remove_file(run.opref()); // no run any more, even if the rest cannot be removed
    std::ignore = remove_tree(run.directory);
}

void new_run::keep_failed(const run_paths& run, const failure& why) {
    const protocol::end_reason reason{.kind = "failed_to_launch", .detail = why.context};
    std::ignore = replace_file(run.reason(), run.temporary("reason"),
                               protocol::encode(reason) + "\n"); // the client is told anyway
    std::ignore = remove_file(run.pending());                    // left, the run reads as pending
    std::ignore = remove_file(run.starting());
}

} // namespace

std::unique_ptr<job> make_start_run_job(const agent_context& context, protocol::start_run request,
                                        reply_channel channel) {
    return make_start_job(context, std::make_unique<new_run>(std::move(request)), channel);
}

} // namespace outrider::agent
