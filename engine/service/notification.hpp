#pragma once

#include "engine/service/job_record.hpp"

#include <map>
#include <string>

namespace outrider {

/// What the command of a job finds in its environment, on top of its own: user text as it is, never
/// a word of a command line. `repeated`: an earlier try may have told it already.
[[nodiscard]] std::map<std::string, std::string>
notification_environment(const job_record& job, const end_to_tell& end, bool repeated);

/// The same as JSON for a webhook; text that is no UTF-8 as `wire_text.hpp` says.
[[nodiscard]] std::string notification_body(const job_record& job, const end_to_tell& end,
                                            bool repeated);

/// What became of a try to tell an end.
enum class telling_verdict {
    told,      ///< it arrived
    try_again, ///< it may arrive later
    give_up,   ///< it never will
};
/// Judges the answer of a webhook by its HTTP status: what is accepted is told, a refusal is final,
/// what is busy or broken there is tried again.
[[nodiscard]] telling_verdict judge_status(int http_status);

} // namespace outrider
