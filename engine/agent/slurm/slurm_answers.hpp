#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What Slurm's programs print, read. A line that is not of the expected form (a banner, a warning)
/// is passed over: nothing follows from what is not there.
namespace outrider::agent {

/// Of `squeue -h -r -t all -o '%i|%T|%r|%S|%N|%j'`, and of sacct as far as it tells the same.
struct job_row {
    std::string id; ///< "12", "12_3"
    std::string state;
    std::string reason;
    std::int64_t start_s = 0; ///< since the epoch, expected where it waits; 0: not known
    std::string node;
    std::string name;
};
inline constexpr char squeue_format[] = "%i|%T|%r|%S|%N|%j";
/// An id that stands there twice is left out: one of the two lines is part of a name.
[[nodiscard]] std::vector<job_row> read_squeue(std::string_view text);

inline constexpr char sacct_format[] = "JobID,State,Reason,Start,NodeList,JobName";
[[nodiscard]] std::vector<job_row> read_sacct(std::string_view text);
/// Whether sacct says that there is nothing to ask on this cluster.
[[nodiscard]] bool accounts_are_off(std::string_view text);

/// The id that `sbatch --parsable` printed last; nothing where it printed none.
[[nodiscard]] std::optional<std::string> read_job_id(std::string_view text);

/// What became of a submission, by sbatch's exit status and output.
enum class submit_outcome {
    taken,   ///< there is an id
    refused, ///< Slurm said no: there is no job
    unclear, ///< there may be a job
};
[[nodiscard]] submit_outcome outcome_of_sbatch(int exit_status, std::string_view text);
/// Slurm's own words of a failure: its last lines without `sbatch: error:`.
[[nodiscard]] std::string words_of_failure(std::string_view text);

/// `KEY = VALUE` of `scontrol show config`.
[[nodiscard]] std::string config_value(std::string_view text, std::string_view key);
/// The number at the beginning of such a value: "30 sec".
[[nodiscard]] std::int64_t config_number(std::string_view text, std::string_view key,
                                         std::int64_t otherwise);

/// The lines of a text.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);
/// The parts of a line between `separator`, at most `most`: the last one has the rest.
[[nodiscard]] std::vector<std::string_view> fields_of(std::string_view line, char separator,
                                                      std::size_t most);

} // namespace outrider::agent
