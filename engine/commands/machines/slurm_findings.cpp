#include "engine/commands/machines/slurm_findings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace outrider {
namespace {

/// An operation has less than KillWait between SIGTERM and SIGKILL: checkpoints take time, s.
constexpr std::int64_t short_kill_wait_s = 15;
/// After less than this a job that ended may be forgotten before anybody has asked, s.
constexpr std::int64_t short_job_age_s = 120;

using protocol::slurm_partition;
using protocol::slurm_report;

std::string partition_text(const slurm_partition& each) {
    return fmt::format("{}{} {}, at most {}: {}", each.name, each.is_default ? "*" : "", each.state,
                       each.limit, each.nodes);
}

std::string slurm_version_text(const machine_survey& survey) {
    if (!survey.slurm) {
        return "not known: " + survey.slurm_failure;
    }
    const slurm_report& slurm = *survey.slurm;
    std::string text = slurm.version.empty() ? "not found" : slurm.version;
    if (!slurm.cluster.empty()) {
        text += " (cluster " + slurm.cluster + ")";
    }
    return slurm.trouble.empty() ? text : text + ", gives no answer: " + slurm.trouble;
}

std::string accounts_text(const slurm_report& slurm) {
    return fmt::format("{}; an ended job is known for {} s", slurm.accounts ? "kept" : "none",
                       slurm.min_job_age_s);
}

// ---- findings

finding slurm_finding(finding_level level, const char* name, std::string what, std::string cure) {
    return {.name = name, .level = level, .what = std::move(what), .cure = std::move(cure)};
}

finding answers_finding(const machine_survey& survey) {
    if (!survey.slurm) {
        return slurm_finding(finding_level::problem, "slurm",
                             "Slurm could not be asked: " + survey.slurm_failure,
                             "see what 'sinfo' and 'scontrol ping' say there");
    }
    const slurm_report& slurm = *survey.slurm;
    if (slurm.version.empty()) {
        return slurm_finding(finding_level::problem, "slurm", "there is no sbatch",
                             "'host' has to be a login node of the cluster, with Slurm's commands "
                             "in the PATH of 'ssh HOST sbatch --version'");
    }
    if (!slurm.trouble.empty()) {
        return slurm_finding(finding_level::problem, "slurm",
                             "Slurm gives no answer: " + slurm.trouble,
                             "nothing can be submitted until it does; runs are shown as they were "
                             "when it answered last. See what 'scontrol ping' says there");
    }
    return slurm_finding(finding_level::good, "slurm",
                         fmt::format("Slurm {} of cluster {} answers", slurm.version,
                                     slurm.cluster.empty() ? "?" : slurm.cluster),
                         {});
}

finding partition_finding(const slurm_report& slurm, const protocol::slurm_job& job) {
    const bool named = !job.partition.empty();
    const auto found = std::ranges::find_if(slurm.partitions, [&](const slurm_partition& each) {
        return named ? each.name == job.partition : each.is_default;
    });
    std::string names;
    for (const auto& each : slurm.partitions) {
        names += (names.empty() ? "" : ", ") + each.name;
    }
    // Several can be named, with commas between them: Slurm takes the first that fits.
    if (found == slurm.partitions.end() && job.partition.find(',') == std::string::npos) {
        return slurm_finding(finding_level::problem, "partition",
                             named ? "there is no partition " + job.partition
                                   : "there is no default partition",
                             "set 'partition' of the remote in config.yml to one of " +
                                 (names.empty() ? "those that 'sinfo' lists" : names));
    }
    if (found != slurm.partitions.end() && found->state != "up") {
        return slurm_finding(
            finding_level::warning, "partition",
            fmt::format("partition {} is {}: jobs wait in it", found->name, found->state),
            "set 'partition' of the remote in config.yml to another one: " + names);
    }
    return slurm_finding(finding_level::good, "partition",
                         found == slurm.partitions.end()
                             ? "jobs go to the partitions " + job.partition
                             : "jobs go to " + partition_text(*found),
                         {});
}

finding accounts_finding(const slurm_report& slurm) {
    if (slurm.accounts) {
        return slurm_finding(finding_level::good, "accounting",
                             "sacct tells of jobs that Slurm has forgotten", {});
    }
    if (slurm.min_job_age_s >= short_job_age_s) {
        return slurm_finding(finding_level::good, "accounting",
                             fmt::format("no accounts are kept; an ended job is known for {} s",
                                         slurm.min_job_age_s),
                             {});
    }
    return slurm_finding(
        finding_level::warning, "accounting",
        fmt::format("no accounts are kept, and an ended job is forgotten after {} s (MinJobAge): "
                    "of one that was killed with its node nobody may know why",
                    slurm.min_job_age_s),
        "who runs the cluster can set MinJobAge to 300 (its default), or keep accounts (slurmdbd); "
        "runs that end by themselves are told of in any case");
}

finding kill_wait_finding(const slurm_report& slurm) {
    const auto text = fmt::format("an operation has {} s to end when its job is cancelled or out "
                                  "of time (KillWait)",
                                  slurm.kill_wait_s);
    if (slurm.kill_wait_s >= short_kill_wait_s) {
        return slurm_finding(finding_level::good, "kill_wait", text, {});
    }
    return slurm_finding(finding_level::warning, "kill_wait", text,
                         "save checkpoints as the operation goes, not at its end; who runs the "
                         "cluster can set KillWait to 30 (its default)");
}

// A job writes where it runs: every node has to see the runs.
finding work_finding(const machine_survey& survey) {
    const auto& place = survey.report.guild_home;
    if (place.shared) {
        return slurm_finding(finding_level::good, "work",
                             fmt::format("runs are kept in {} ({}), which other machines may share",
                                         place.path, place.file_system),
                             {});
    }
    return slurm_finding(
        finding_level::warning, "work",
        fmt::format("{} is on {}, which looks like a disk of this machine alone", place.path,
                    place.file_system),
        "set 'work' of the remote in config.yml to a directory that all nodes see; "
        "if they see this one, all is well");
}

} // namespace

void add_slurm_facts(const machine_survey& survey, std::vector<machine_fact>& out) {
    if (!survey.job) {
        return;
    }
    out.push_back({"slurm_version", slurm_version_text(survey)});
    if (!survey.slurm || survey.slurm->version.empty() || !survey.slurm->trouble.empty()) {
        return;
    }
    std::string partitions;
    for (const auto& each : survey.slurm->partitions) {
        partitions += (partitions.empty() ? "" : "\n") + partition_text(each);
    }
    out.push_back({"slurm_partitions", partitions});
    out.push_back({"slurm_accounting", accounts_text(*survey.slurm)});
}

std::vector<finding> slurm_findings(const machine_survey& survey) {
    std::vector<finding> out{answers_finding(survey)};
    if (out.front().level == finding_level::good && survey.job) {
        out.push_back(partition_finding(*survey.slurm, *survey.job));
        out.push_back(accounts_finding(*survey.slurm));
        out.push_back(kill_wait_finding(*survey.slurm));
    }
    out.push_back(work_finding(survey));
    return out;
}

} // namespace outrider
