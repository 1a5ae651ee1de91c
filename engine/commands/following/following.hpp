#pragma once

#include "engine/api/events.hpp"
#include "engine/commands/following/lasting_link.hpp"
#include "engine/commands/following/since_text.hpp"
#include "engine/commands/session/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// How a follow ended: with the run as it stands, or nothing if the person interrupted it.
using followed = std::optional<run_row>;

/// Where a follow begins: at most one of the first two; otherwise at the start of the output. And
/// what is wanted of it.
struct follow_start {
    std::optional<std::int64_t> tail; ///< the last so many lines
    std::optional<since_time> since;  ///< lines of that time and later
    std::string run_dir;              ///< of a run outside of a home, absolute
    bool glimpse = false;             ///< only what there is; the run may go on
    bool line_times = false;          ///< `output_bytes::line_times_ms` too
};

/// One follow of one run, over as many connections as it takes: emits the output from its start,
/// and goes on at the byte where a lost link stopped it, or where the client fell behind: the link
/// is not kept from others meanwhile. Owned by its command, beside the link.
class run_follow {
  public:
    run_follow(command_session& session, lasting_link& over, std::string run_id,
               follow_start start);
    run_follow(const run_follow&) = delete;
    run_follow& operator=(const run_follow&) = delete;

    /// Until the run has ended, or the link was ended and `interrupt` called.
    [[nodiscard]] awaitable<result<followed>> run();
    /// Ends the follow, never the run; the link is ended first.
    void interrupt();

  private:
    awaitable<result<followed>> over_one_connection(agent_client& agent);
    awaitable<result<followed>> take_output(exchange& following);
    void take_part(const protocol::frame& incoming);
    void tell_waits(std::string why);

    command_session& session_;
    lasting_link& link_;
    std::string run_id_;
    follow_start start_;
    std::int64_t offset_ = 0;              // bytes of output that were emitted
    std::vector<std::int64_t> line_times_; // of the next data
    exchange* current_ = nullptr;
    bool paused_ = false; // for the client
    std::string waits_;   // why, as it was told last
};

/// Follows one run until it has ended. A lost link is said once, and tried again with growing,
/// jittered pauses. An interrupt ends the follow, never the run.
[[nodiscard]] awaitable<result<followed>> follow_run(command_session& session, const target& at,
                                                     std::string run_id, follow_start start = {});

} // namespace outrider
