#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/server/job_drive.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/start/child_terms.hpp"
#include "engine/agent/start/staged_run.hpp"
#include "engine/agent/start/start_operation.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider::agent {
namespace {

/// A run that is there: it is staged, or it has ended and starts again in place.
class existing_run final : public start_origin {
  public:
    explicit existing_run(protocol::start_staged asked, std::optional<child_terms> terms = {})
        : asked_(std::move(asked)), terms_(std::move(terms)) {}

    result<run_paths> find(const agent_context& context) override;
    result<verdict> take(const agent_context& context, const run_paths& run) override;
    const protocol::start_run& request() const override { return request_; }
    result<> prepare(const agent_context& context, const run_paths& run,
                     resolved_start& start) override;
    std::string resolved_before() const override { return asked_.resolved; }
    // Until its operation runs the run is staged, or still what it was before.
    void discard(const run_paths& run) override { std::ignore = remove_file(run.starting()); }
    void keep_failed(const run_paths& run, const failure& why) override {
        const protocol::end_reason reason{.kind = "failed_to_launch", .detail = why.context};
        std::ignore = replace_file(run.reason(), run.temporary("reason"),
                                   protocol::encode(reason) + "\n"); // the client is told anyway
        for (const auto& marker : {run.staged(), run.pending()}) {
            std::ignore = remove_file(marker); // an error now, which may be started again
        }
        discard(run);
    }

  private:
    result<> check_state(const protocol::run_facts& facts) const;

    protocol::start_staged asked_;
    std::optional<child_terms> terms_;
    protocol::start_run request_;
    bool staged_by_us_ = false;  // its record has what the environment keeps secret
    bool pending_by_us_ = false; // so has this one; its parent made it
};

result<run_paths> existing_run::find(const agent_context& context) {
    for (const auto& [name, text] : asked_.attributes) {
        if (!is_safe_name(name) || text.size() > max_attribute) {
            return failure(errc::bad_input, "'" + name + "' is not an attribute of a run");
        }
    }
    return find_run(context, asked_.home, asked_.run_id);
}

result<> existing_run::check_state(const protocol::run_facts& facts) const {
    const auto status = status_of(facts);
    if (is_copy_of_running(facts)) {
        return failure(errc::conflict, "this is a copy of run " + asked_.run_id +
                                           ", which runs on " + status.remote + "; start it there");
    }
    if (facts.pending && facts.supervisor == protocol::process_state::alive) {
        const std::string why = facts.reason ? ": " + facts.reason->detail : "";
        return failure(errc::conflict, asked_.run_id + " is started already" + why +
                                           "\nWait for it or try '{program} stop " + asked_.run_id +
                                           "' first.");
    }
    if (facts.pending && may_be_alive(facts)) {
        return failure(errc::conflict, "run " + asked_.run_id + " is being started; try again");
    }
    // A run that is staged may have a LOCK of a start that was cut off; its process is gone.
    if (status.state == run_state::running || may_be_alive(facts)) {
        return failure(errc::conflict, asked_.run_id +
                                           " is still running\nWait for it to stop or "
                                           "try '{program} stop " +
                                           asked_.run_id + "' to stop it.");
    }
    if (asked_.only_staged && status.state != run_state::staged) {
        return failure(errc::conflict, "run " + asked_.run_id + " is not staged");
    }
    return {};
}

result<start_origin::verdict> existing_run::take(const agent_context& context,
                                                 const run_paths& run) {
    if (!is_run(run)) {
        return failure(errc::not_found, "there is no run " + asked_.run_id);
    }
    auto facts = read_run(run, *context.launcher, {});
    if (facts.starter == protocol::process_state::alive) {
        // Whoever starts it holds the lock, and that is ours: the evidence is our own.
        facts.starter = protocol::process_state::gone;
    }
    auto record = read_start_record(run);
    const bool waits = facts.staged || facts.pending;
    if (record && !asked_.token.empty() && record->token == asked_.token && !waits) {
        return verdict::started_before;
    }
    if (auto good = check_state(facts); !good) {
        return good.error();
    }
    if (terms_ &&
        ((record ? record->token : "") != terms_->token_before || (terms_->waited && !waits))) {
        return failure(errc::conflict, "run " + asked_.run_id + " was started meanwhile");
    }
    if (!record && asked_.command.empty()) {
        return failure(errc::unsupported,
                       "run " + asked_.run_id + " has no record of how to start it");
    }
    staged_by_us_ = record && record->request.stage;
    pending_by_us_ = record && record->request.pending;
    request_ = with_changes(record ? std::move(record->request) : protocol::start_run{}, asked_);
    request_.stage = false;
    request_.pending = false;
    return verdict::go_on;
}

result<> existing_run::prepare(const agent_context& context, const run_paths& run,
                               resolved_start& start) {
    const auto facts = read_run(run, *context.launcher, {});
    const bool waits_as_made = pending_by_us_ && facts.pending;
    if (!facts.staged && !waits_as_made) {
        if (auto staged = stage_again(run); !staged) {
            return staged;
        }
    }
    start.record.token = asked_.token;
    if (terms_) {
        start.record.slots = terms_->slots; // its parent looked for them
    }
    start.record.platform_given = fs::exists(run.attribute("platform"));
    auto record = start.record;
    record.request.stage = staged_by_us_;
    record.request.pending = pending_by_us_;
    if (auto written = write_start_record(run, std::move(record)); !written) {
        return written;
    }
    if (auto written = asked_.chosen
                           ? replace_file(run.chosen_children(), run.temporary("chosen-children"),
                                          protocol::encode(*asked_.chosen) + "\n")
                           : remove_file(run.chosen_children());
        !written) {
        return written;
    }
    if (!request_.package.empty()) {
        if (auto written =
                replace_file(run.manifest(), run.temporary("manifest"), request_.manifest);
            !written) {
            return written;
        }
    }
    for (const auto& [name, text] : resolved_attributes(request_, start)) {
        if (auto written = replace_file(run.attribute(name), run.temporary(name), text); !written) {
            return written;
        }
    }
    return {};
}

} // namespace

result<protocol::start_reply> start_here(const agent_context& context,
                                         protocol::start_staged request, child_terms terms,
                                         const progress_listener& told) {
    return perform_here<protocol::start_reply>(
        [&](reply_channel channel) {
            return make_start_job(
                context, std::make_unique<existing_run>(std::move(request), std::move(terms)),
                channel);
        },
        told);
}

std::unique_ptr<job> make_start_staged_job(const agent_context& context,
                                           protocol::start_staged request, reply_channel channel) {
    return make_start_job(context, std::make_unique<existing_run>(std::move(request)), channel);
}

} // namespace outrider::agent
