#include "engine/commands/starting/job_choice.hpp"

#include "engine/config/slurm_rules.hpp"

#include <algorithm>

namespace outrider {
namespace {

failure no_jobs(const target& at) {
    return {errc::bad_input, "--time, --partition and --sbatch are for jobs of Slurm, and runs " +
                                 (at.remote.empty() ? "of this machine" : "on " + at.remote) +
                                 " are none\nUse '-r' with a remote of 'type: slurm'."};
}

bool is_one_line(const std::string& text) {
    return text.find_first_of("\r\n") == std::string::npos;
}

// One run is one job: how many there are is not the directive's to say.
result<> check_directive(const std::string& line) {
    if (!line.starts_with('-') || !is_one_line(line)) {
        return failure(errc::bad_input,
                       "'" + line + "' has to be options of sbatch on one line: --nice=10");
    }
    for (std::size_t at = 0; at < line.size();) {
        const auto end = std::min(line.find_first_of(" \t", at), line.size());
        const auto word = line.substr(at, end - at);
        if (word == "-a" || word.starts_with("--array") || word == "-W" || word == "--wait") {
            return failure(errc::bad_input, "'" + line + "': " + word +
                                                " cannot be set: each run is one job, and a "
                                                "batch is an array by itself");
        }
        at = end + 1;
    }
    return {};
}

} // namespace

result<> choose_job(target& at, const run_command& what) {
    if (!at.job) {
        return what.job.any() ? result<>(no_jobs(at)) : result<>();
    }
    if (!what.gpus.empty()) {
        return failure(errc::bad_input, "--gpus cannot be used on " + at.remote +
                                            ": a job sees the GPUs that it was given; ask for "
                                            "them by --sbatch --gres=gpu:N, or by 'gpus' of the "
                                            "remote");
    }
    auto& job = *at.job;
    at.job_as_recorded = !what.job.any();
    if (!what.job.time.empty()) {
        job.time = what.job.time;
    }
    if (!what.job.partition.empty()) {
        job.partition = what.job.partition;
    }
    for (const auto& line : what.job.sbatch) {
        job.directives.push_back(sbatch_directive(line));
    }
    if (what.trials.parallel > 0) {
        job.array_limit = what.trials.parallel;
    }
    if (!is_one_line(job.time) || !is_one_line(job.partition)) {
        return failure(errc::bad_input, "--time and --partition have to be of one line");
    }
    for (const auto& line : job.directives) {
        if (auto good = check_directive(line); !good) {
            return good;
        }
    }
    return {};
}

} // namespace outrider
