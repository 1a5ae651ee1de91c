#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace outrider::agent {

/// What a state of Slurm means for whoever waits for the job.
enum class job_life {
    waits,   ///< it has not begun, or waits to begin again
    runs,    ///< its processes live, or may
    ended,   ///< it will not come back by itself
    unknown, ///< a state that nobody knew when this was written
};
/// By the state in its long form, as `squeue -o %T` prints it.
[[nodiscard]] job_life life_of(std::string_view state);

/// Why a job waits: Slurm's reason in words, the reason itself in brackets.
[[nodiscard]] std::string words_of_wait(const std::string& reason, const std::string& job_id);

/// What a job came to, as the kind of an `end_reason` and in words.
struct end_words {
    std::string kind;
    std::string text;
};
[[nodiscard]] end_words words_of_end(const std::string& state, const std::string& reason,
                                     const std::string& node);

/// "40s", "3m", "2h", "5d".
[[nodiscard]] std::string length_text(std::int64_t seconds);

} // namespace outrider::agent
