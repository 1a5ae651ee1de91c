#include "engine/agent/slurm/submission.hpp"

#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <unistd.h>

namespace outrider::agent {

result<> mark_submitting(const run_paths& run, job_record& record) {
    ++record.attempt;
    record.phase = job_phase::submitting;
    record.changed_us = now_us();
    if (auto written = write_job_record(run, record); !written) {
        return written;
    }
    if (auto written = write_new_file(run.pending(), ""); !written) {
        return written;
    }
    return remove_file(run.staged());
}

void mark_refused(const run_paths& run, job_record& record, bool was_staged) {
    record.phase = job_phase::planned;
    std::ignore = write_job_record(run, record); // a new run is removed anyway
    if (was_staged) {
        std::ignore = write_new_file(run.staged(), "");
        std::ignore = remove_file(run.pending());
    }
}

submission::submission(slurm_view& view, const run_paths& run, job_record record, batch_words words,
                       const environment_map& environment)
    : view_(view), run_(run), record_(std::move(record)),
      submit_({.words = std::move(words),
               .name = record_.name,
               .earlier = record_.earlier,
               .look_first = record_.phase == job_phase::submitting},
              environment, view.times()),
      was_staged_(::access(run.staged().c_str(), F_OK) == 0) {}

result<std::optional<start_outcome>> submission::poll() {
    if (!begun_) {
        begun_ = true;
        if (auto begun = mark_submitting(run_, record_); !begun) {
            return refused(begun.error().kind(), begun.error().context);
        }
    }
    const auto end = submit_.poll();
    if (!end) {
        return std::optional<start_outcome>();
    }
    if (end->refused) {
        return refused(errc::start_failed, end->words);
    }
    std::ignore = remove_file(run_.starting()); // only tells of a start that goes on
    view_.ask_at_once();
    // Without an id the run stays, by its name: whether there is a job will show.
    return std::optional(end->id.empty() ? start_outcome{.warning = end->words}
                                         : submitted(end->id));
}

start_outcome submission::submitted(const std::string& id) {
    record_.phase = job_phase::submitted;
    record_.job_id = id;
    record_.changed_us = now_us();
    start_outcome out;
    if (auto written = write_job_record(run_, record_); !written) {
        // The job is found by its name, and writes its id itself.
        out.warning = "job " + id + " was submitted, but " + written.error().context;
    }
    return out;
}

failure submission::refused(errc kind, const std::string& why) {
    abandoned_ = true;
    mark_refused(run_, record_, was_staged_);
    return {kind, why};
}

} // namespace outrider::agent
