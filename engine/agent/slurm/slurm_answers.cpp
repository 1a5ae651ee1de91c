#include "engine/agent/slurm/slurm_answers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace outrider::agent {
namespace {

/// Jobs that are read of one answer; a user has not more.
constexpr std::size_t most_rows = 100'000;
/// Longest line that is a row, bytes: reasons and names are bounded by Slurm.
constexpr std::size_t longest_row = 8192;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "12", "12_3"; of a job of several components "12+0".
bool is_job_id(std::string_view text) {
    const auto number = [&text] {
        const auto end = std::ranges::find_if_not(text, is_digit) - text.begin();
        text.remove_prefix(static_cast<std::size_t>(end));
        return end > 0;
    };
    if (text.size() > 40 || !number()) {
        return false;
    }
    if (text.starts_with('_') || text.starts_with('+')) {
        text.remove_prefix(1);
        return number() && text.empty();
    }
    return text.empty();
}

// Letters and lines below: what no banner looks like.
bool is_state(std::string_view text) {
    return !text.empty() && text.size() < 40 &&
           std::ranges::all_of(
               text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c); });
}

std::int64_t number_of_text(std::string_view text) {
    std::int64_t out = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && at == text.data() + text.size() ? out : 0;
}

// The same id in two lines: one of them stands in the name of a job.
void drop_doubtful(std::vector<job_row>& rows) {
    std::set<std::string> seen;
    std::set<std::string> doubtful;
    for (const auto& row : rows) {
        if (!seen.insert(row.id).second) {
            doubtful.insert(row.id);
        }
    }
    if (!doubtful.empty()) {
        std::erase_if(rows, [&](const auto& row) { return doubtful.contains(row.id); });
    }
}

// What Slurm says of a job that it does not want, whatever is asked again.
constexpr std::array refusals{
    "Invalid partition name specified",
    "invalid partition specified",
    "Requested node configuration is not available",
    "Memory specification can not be satisfied",
    "Invalid generic resource",
    "Invalid Trackable RESource",
    "Invalid feature specification",
    "Invalid account or account/partition combination",
    "Invalid qos specification",
    "Invalid job array specification",
    "Requested time limit is invalid",
    "Invalid time limit",
    "Invalid --time",
    "Invalid wckey",
    "Requested partition configuration not available",
    "Required partition not available",
    "Node count specification invalid",
    "More processors requested than permitted",
    "Invalid numeric value",
    "Job violates accounting/QOS policy",
    "violates accounting",
    "User's group not permitted to use this partition",
    "Access/permission denied",
    "Invalid user id",
    "Job dependency problem",
    "Requested reservation is invalid",
    "Requested operation is presently disabled",
    "Requested operation not supported",
    "Invalid license specification",
    "Batch script is empty",
    "This does not look like a batch script",
    "contains DOS line breaks",
    "Pathname of a file, directory or other parameter too long",
    "Job submit limit",
    "unrecognized option",
    "Unable to open file",
    "Required node not available",
};

} // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        out.push_back(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    }
    return out;
}

std::vector<std::string_view> fields_of(std::string_view line, char separator, std::size_t most) {
    std::vector<std::string_view> out;
    while (out.size() + 1 < most) {
        const auto at = line.find(separator);
        if (at == line.npos) {
            break;
        }
        out.push_back(line.substr(0, at));
        line.remove_prefix(at + 1);
    }
    out.push_back(line);
    return out;
}

std::vector<job_row> read_squeue(std::string_view text) {
    std::vector<job_row> out;
    for (const auto line : lines_of(text)) {
        const auto fields = fields_of(line.substr(0, longest_row), '|', 6);
        if (fields.size() != 6 || !is_job_id(fields[0]) || !is_state(fields[1]) ||
            out.size() >= most_rows) {
            continue;
        }
        out.push_back({.id = std::string(fields[0]),
                       .state = std::string(fields[1]),
                       .reason = std::string(fields[2]),
                       .start_s = number_of_text(fields[3]),
                       .node = std::string(fields[4]),
                       .name = std::string(fields[5])});
    }
    drop_doubtful(out);
    return out;
}

std::vector<job_row> read_sacct(std::string_view text) {
    std::vector<job_row> out;
    for (const auto line : lines_of(text)) {
        const auto fields = fields_of(line.substr(0, longest_row), '|', 6);
        if (fields.size() != 6 || !is_job_id(fields[0]) || out.size() >= most_rows) {
            continue;
        }
        const auto state = fields[1].substr(0, fields[1].find(' ')); // "CANCELLED by 1000"
        if (!is_state(state)) {
            continue;
        }
        const bool no_node = fields[4] == "None assigned";
        out.push_back({.id = std::string(fields[0]),
                       .state = std::string(state),
                       .reason = std::string(fields[2]),
                       .start_s = number_of_text(fields[3]),
                       .node = no_node ? std::string() : std::string(fields[4]),
                       .name = std::string(fields[5])});
    }
    drop_doubtful(out);
    return out;
}

bool accounts_are_off(std::string_view text) {
    return text.find("accounting storage is disabled") != text.npos;
}

std::optional<std::string> read_job_id(std::string_view text) {
    std::optional<std::string> out;
    for (const auto line : lines_of(text)) {
        const auto id = line.substr(0, line.find(';')); // "12;cluster"
        if (!id.empty() && id.size() < 20 && std::ranges::all_of(id, is_digit)) {
            out = std::string(id);
        }
    }
    return out;
}

submit_outcome outcome_of_sbatch(int exit_status, std::string_view text) {
    if (exit_status == 0) {
        return read_job_id(text) ? submit_outcome::taken : submit_outcome::unclear;
    }
    if (exit_status == 255 || std::ranges::any_of(refusals, [&](const char* one) {
            return text.find(one) != text.npos;
        })) {
        return submit_outcome::refused;
    }
    return submit_outcome::unclear;
}

std::string words_of_failure(std::string_view text) {
    constexpr std::size_t most_lines = 3;
    std::vector<std::string_view> said;
    for (auto line : lines_of(text)) {
        for (const std::string_view prefix :
             {"sbatch: ", "squeue: ", "scancel: ", "sinfo: ", "sacct: ", "scontrol: ", "error: ",
              "fatal: ", "Batch job submission failed: "}) {
            if (line.starts_with(prefix)) {
                line.remove_prefix(prefix.size());
            }
        }
        if (line.find_first_not_of(" \t") != line.npos) {
            said.push_back(line.substr(0, 500));
        }
    }
    std::string out;
    for (auto at = said.size() - std::min(said.size(), most_lines); at < said.size(); ++at) {
        out += (out.empty() ? "" : "; ") + std::string(said[at]);
    }
    return out;
}

std::string config_value(std::string_view text, std::string_view key) {
    for (const auto line : lines_of(text)) {
        const auto parts = fields_of(line, '=', 2);
        if (parts.size() == 2 && parts[0].starts_with(key) &&
            parts[0].find_first_not_of(" \t", key.size()) == parts[0].npos) {
            const auto begin = parts[1].find_first_not_of(" \t");
            return begin == parts[1].npos ? std::string() : std::string(parts[1].substr(begin));
        }
    }
    return {};
}

std::int64_t config_number(std::string_view text, std::string_view key, std::int64_t otherwise) {
    const auto value = config_value(text, key);
    std::int64_t out = 0;
    const auto [at, error] = std::from_chars(value.data(), value.data() + value.size(), out);
    return error == std::errc() ? out : otherwise;
}

} // namespace outrider::agent
