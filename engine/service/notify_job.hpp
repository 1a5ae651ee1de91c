#pragma once

#include "engine/filters/run_filtering.hpp"
#include "engine/fleet/run_memory.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/service/job_record.hpp"
#include "engine/service/messenger.hpp"

#include <functional>
#include <map>
#include <optional>
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

/// One job that tells of the ends of runs. An end is recorded as to be told before the first try,
/// each try before it is made, and its success afterwards: so every end is told, and twice only if
/// the service is killed between a try and its record, with the same id. Owned by the
/// `standing_jobs`.
class notify_job {
  public:
    /// Writes a record to disk.
    using recorder = std::function<awaitable<result<>>(const job_record& job)>;

    notify_job(const asio::any_io_executor& executor, job_record& job, messenger& sender,
               recorder record)
        : job_(job), sender_(sender), record_(std::move(record)), changed_(executor) {}

    /// The memory of the job's machine changed.
    void see(const machine_memory& machine);
    /// Tells what is to be told, until nothing can come any more (all named runs have ended, and
    /// that was told) or it is cancelled.
    [[nodiscard]] awaitable<void> run();
    /// What keeps it from telling at present; empty: nothing.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

  private:
    [[nodiscard]] bool chooses(const protocol::run_facts& facts, const run_row& row);
    awaitable<void> tell_first();
    awaitable<result<telling_verdict>> try_to_tell(const end_to_tell& end);
    awaitable<void> save();

    job_record& job_;
    messenger& sender_;
    recorder record_;
    notifier changed_;
    bool unsaved_ = false;
    std::string trouble_;
};

/// How long to wait after so many tries of one end; nothing: it is given up. Pure.
[[nodiscard]] std::optional<std::chrono::seconds> pause_after(std::int64_t tries);

} // namespace outrider
