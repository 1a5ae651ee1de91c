#include "engine/agent/slurm/array_submission.hpp"

#include "engine/agent/slurm/submission.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <unistd.h>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// To make all trials, and to submit them.
constexpr auto array_limit = 15min;

} // namespace

array_submission::array_submission(slurm_view& view, const run_paths& run, job_record record,
                                   const environment_map& environment)
    : view_(view), run_(run), record_(std::move(record)), environment_(environment),
      was_staged_(::access(run.staged().c_str(), F_OK) == 0) {}

result<> array_submission::begin() {
    if (auto marked = mark_submitting(run_, record_); !marked) {
        return marked;
    }
    maker_ = std::make_unique<slurm_question>(
        std::vector<std::string>{"/proc/self/exe", "array",
                                 std::to_string(std::max<std::int64_t>(view_.max_array_size(), 1))},
        environment_, array_limit);
    return {};
}

result<std::optional<start_outcome>> array_submission::poll() {
    if (!maker_) {
        if (auto begun = begin(); !begun) {
            return refused(begun.error().context);
        }
    }
    const auto answer = maker_->poll();
    if (!answer) {
        return std::optional<start_outcome>();
    }
    maker_.reset();
    auto lines = lines_of(answer->output);
    auto told = lines.empty() ? result<submitted_job>(failure(errc::internal, ""))
                              : protocol::decode<submitted_job>(std::string(lines.back()));
    if (told && told->refused) {
        return refused(told->words);
    }
    std::ignore = remove_file(run_.starting()); // only tells of a start that goes on
    view_.ask_at_once();
    start_outcome out;
    if (!told) {
        out.warning = "whether Slurm took the batch will show: " + answer->why_not();
    } else if (auto record = read_job_record(run_); record && !told->id.empty()) {
        record->phase = job_phase::submitted;
        record->changed_us = now_us();
        std::ignore = write_job_record(run_, *record); // its elements go by the name
        out.warning = told->words;
    } else {
        out.warning = told->words;
    }
    return std::optional(std::move(out));
}

failure array_submission::refused(const std::string& why) {
    abandoned_ = true;
    mark_refused(run_, record_, was_staged_);
    return {errc::start_failed, why};
}

} // namespace outrider::agent
