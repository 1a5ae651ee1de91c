#include "engine/agent/slurm/job_record.hpp"

#include "engine/json/described_json.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <charconv>
#include <cstdlib>

namespace outrider::agent {
namespace {

fs::path job_record_file(const run_paths& run) {
    return run.ours() / "slurm.json";
}

fs::path job_sighting_file(const run_paths& run) {
    return run.ours() / "slurm-seen.json";
}

template <class Record>
std::optional<Record> read_record_of(const fs::path& path) {
    const auto text = read_small_file(path);
    if (!text) {
        return std::nullopt;
    }
    auto decoded = protocol::decode<Record>(*text);
    return decoded ? std::optional<Record>(std::move(*decoded)) : std::nullopt;
}

std::string job_variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::int64_t job_number(const char* name, std::int64_t otherwise) {
    const std::string text = job_variable(name);
    std::int64_t out = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() ? out : otherwise;
}

} // namespace

std::optional<job_record> read_job_record(const run_paths& run) {
    return read_record_of<job_record>(job_record_file(run));
}

result<> write_job_record(const run_paths& run, const job_record& record) {
    return replace_secret_file(job_record_file(run), run.temporary("slurm.json"),
                               protocol::encode(record) + "\n");
}

result<> remove_job_record(const run_paths& run) {
    if (auto removed = remove_file(job_record_file(run)); !removed) {
        return removed;
    }
    return remove_file(job_sighting_file(run));
}

std::optional<job_sighting> read_job_sighting(const run_paths& run) {
    return read_record_of<job_sighting>(job_sighting_file(run));
}

result<> write_job_sighting(const run_paths& run, const job_sighting& seen) {
    return replace_file(job_sighting_file(run), run.temporary("slurm-seen.json"),
                        protocol::encode(seen) + "\n");
}

std::string name_of_piece(const std::string& batch_id, std::size_t piece) {
    return piece == 0 ? batch_id : batch_id + "." + std::to_string(piece);
}

std::optional<own_job> job_of_this_process() {
    own_job out{.id = job_variable("SLURM_JOB_ID"),
                .array_id = job_variable("SLURM_ARRAY_JOB_ID"),
                .name = job_variable("SLURM_JOB_NAME"),
                .node = job_variable("SLURMD_NODENAME")};
    if (out.id.empty()) {
        return std::nullopt;
    }
    if (!out.array_id.empty()) {
        out.array_id += "_" + job_variable("SLURM_ARRAY_TASK_ID");
        out.element = job_number("SLURM_ARRAY_TASK_ID", -1);
    }
    out.restarts = job_number("SLURM_RESTART_COUNT", 0);
    return out;
}

bool is_inside(const job_record& record, const std::optional<own_job>& own) {
    return record.phase == job_phase::inside && own &&
           (record.job_id == own->id || record.job_id == own->array_id);
}

result<> plan_job(const run_paths& run, const std::optional<protocol::slurm_job>& options,
                  bool array) {
    const auto before = read_job_record(run);
    job_record record{.name = run.directory.filename().native(), .changed_us = now_us()};
    if (options) {
        record.options = *options;
        record.array = array;
    } else if (const auto own = job_of_this_process()) {
        record.phase = job_phase::inside;
        record.name = own->name;
        record.job_id = own->array_id.empty() ? own->id : own->array_id;
        if (before && before->element >= 0 && before->element == own->element) {
            record.element = own->element; // the job is this run's own
            record.taken_by = before->taken_by;
            record.taken_us = before->taken_us;
        }
        record.node = own->node;
    } else {
        return before ? remove_job_record(run) : result<>();
    }
    if (before) {
        record.attempt = before->attempt;
        record.earlier = before->earlier;
        if (before->phase == job_phase::submitting) {
            record.phase = job_phase::submitting; // there may be a job of that name
        } else if (before->phase == job_phase::submitted) {
            record.earlier.push_back(before->job_id);
            record.earlier.insert(record.earlier.end(), before->pieces.begin(),
                                  before->pieces.end());
        }
        if (auto removed = remove_job_record(run); !removed) {
            return removed;
        }
    }
    return write_job_record(run, record);
}

} // namespace outrider::agent
