#pragma once

#include "engine/agent/machine/out_of_memory.hpp"
#include "engine/agent/supervise/reserved_file.hpp"
#include "engine/protocol/messages.hpp"

#include <optional>

namespace outrider::agent {

/// Writes how a run ended: reason, `exit_status`, `stopped`, and last the removal of `LOCK`. The
/// space is taken when it is made, at the start of the run, and writing is repeated until it works.
class end_record {
  public:
    explicit end_record(const run_paths& run);

    /// Why it will end, where no person asked for it.
    void expect(protocol::end_reason cause) { cause_ = std::move(cause); }
    /// `wait_status` is that of waitpid.
    void write(int wait_status);
    /// Removes LOCK: nothing more will be written.
    void finish();

  private:
    protocol::end_reason reason_of(int wait_status) const;

    run_paths run_;
    std::int64_t started_us_;
    reserved_file exit_status_;
    reserved_file stopped_;
    reserved_file reason_;
    out_of_memory_watch memory_;
    std::optional<protocol::end_reason> cause_;
};

} // namespace outrider::agent
