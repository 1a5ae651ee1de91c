#include "cli/render/job_text.hpp"

#include "cli/render/text_table.hpp"

namespace outrider::cli {
namespace {

std::string place_of(const job_row& job) {
    if (job.remote.empty()) {
        return job.kind == job_kind::sync ? "all remotes" : "this machine";
    }
    return job.remote;
}

std::string count_of(const job_row& job) {
    if (job.kind == job_kind::sync) {
        return {};
    }
    std::string text = std::to_string(job.told) + " told";
    if (job.failed > 0) {
        text += ", " + std::to_string(job.failed) + " failed";
    }
    return text;
}

} // namespace

std::string jobs_table(const jobs_listed& listed, const terminal& screen) {
    std::vector<table_row> rows;
    for (const auto& job : listed.jobs) {
        const bool trying = job.state == job_state::trying;
        rows.push_back(
            {{job.id},
             {boost::describe::enum_to_string(job.kind, "?")},
             {place_of(job)},
             {trying ? "trying again" : "active", trying ? colour::yellow : colour::green},
             {count_of(job)},
             {job.name.empty() ? job.what : job.name + ": " + job.what}});
    }
    std::string text =
        format_table(std::move(rows), {.width = screen.width, .colour = screen.colour});
    for (const auto& job : listed.jobs) {
        if (!job.trouble.empty()) {
            text += job.id + ": " + job.trouble + "\n";
        }
    }
    return text;
}

std::string job_added_lines(const job_row& job, const std::string& program) {
    std::string text;
    if (job.kind == job_kind::sync) {
        text = "Copies are kept up to date by job " + job.id;
    } else {
        const auto runs = job.runs.size();
        text = "Job " + job.id + " tells of the end of " +
               (runs == 0 ? "every run" : std::to_string(runs) + " run(s)") + " on " +
               place_of(job);
    }
    return text + "\nTo end it use '" + program + " jobs rm " + job.id + "'\n";
}

std::string jobs_removed_lines(const jobs_removed& removed) {
    std::string text;
    for (const auto& id : removed.ids) {
        text += "Removed job " + id + "\n";
    }
    return text;
}

} // namespace outrider::cli
