#pragma once

#include "engine/agent/receive/basis_lookahead.hpp"
#include "engine/agent/receive/intake_queues.hpp"

#include <memory>
#include <optional>

namespace outrider::agent {

/// Works off what came for one transfer, in the order of its steps; matches content with orders.
/// Owned by the receiving job, which fills the queues and ends it at the first failure.
class transfer_intake {
  public:
    /// Why `work` went no further: it needs input, the lock of a run, or more time.
    enum class pause { input, lock, time };

    transfer_intake(const agent_context& context, std::string home, reply_channel channel);
    /// What comes is one package, and no runs.
    void open_package(std::unique_ptr<run_intake> package);

    [[nodiscard]] step_queue& steps() { return steps_; }
    [[nodiscard]] content_queue& content() { return content_; }
    [[nodiscard]] result<pause> work(clock::time_point deadline);
    /// Prepares files for comparison; true when there is nothing left to prepare now.
    [[nodiscard]] result<bool> prepare(clock::time_point deadline);
    /// The last step is done.
    [[nodiscard]] bool ended() const { return ended_; }
    /// Fails with `protocol_violation` if content came that no order asked for.
    [[nodiscard]] result<> check_nothing_is_left();

    [[nodiscard]] const protocol::receive_totals& totals() const { return totals_; }
    [[nodiscard]] protocol::transfer_ack progress() const;
    /// What the orders that are here still need, if the file that is being received begins again.
    [[nodiscard]] space_need outstanding() const;
    /// Something may have been written.
    [[nodiscard]] bool has_begun() const { return run_ != nullptr || done_.orders > 0; }
    /// The end before the end; with `drop` nothing is kept for the next transfer.
    void abandon(bool drop);

  private:
    result<std::optional<pause>> work_on_content(clock::time_point deadline);
    result<std::optional<pause>> work_on_step(clock::time_point deadline);
    result<> begin_run(protocol::receive_begin begin);
    void finish_run();
    result<> start_order();
    void finish_file();

    const agent_context& context_;
    std::string home_;
    reply_channel channel_;
    bool is_package_ = false;
    step_queue steps_;
    content_queue content_;
    // Declared in this order: temporary files go before the run that holds them.
    std::unique_ptr<run_intake> run_;
    bool entered_ = false; // run_ has its lock
    basis_lookahead ahead_;
    std::unique_ptr<content_intake> current_;
    protocol::receive_totals totals_;
    protocol::transfer_ack done_; // its bytes are those of files that are complete
    bool ended_ = false;
};

} // namespace outrider::agent
