#pragma once

#include "engine/agent/receive/content_intake.hpp"
#include "engine/agent/receive/destination.hpp"
#include "engine/agent/receive/run_arrival.hpp"
#include "engine/agent/receive/tree_intake.hpp"
#include "engine/protocol/sync_messages.hpp"

#include <memory>
#include <optional>

namespace outrider::agent {

/// Everything that comes for one run, or for a package: its steps in their order. A run that is to
/// be left as it is takes the same steps, and nothing comes of them.
class run_intake {
  public:
    /// One run.
    run_intake(const agent_context& context, std::string home, protocol::receive_begin begin);
    /// A package.
    explicit run_intake(std::unique_ptr<destination> package);
    /// A package that is here already.
    run_intake() = default;
    run_intake(const run_intake&) = delete;
    run_intake& operator=(const run_intake&) = delete;

    /// True once the run is this transfer's, or is left as it is; false while another transfer
    /// writes to it.
    [[nodiscard]] result<bool> enter();
    /// Where content goes; no tree if it goes nowhere.
    [[nodiscard]] content_intake::target target();
    /// Makes what an order for a directory or link says. Any order is checked here first.
    [[nodiscard]] result<> put(const protocol::file_order& order);
    /// Looks for what is here of a file, so that it can be compared.
    [[nodiscard]] result<std::unique_ptr<basis_signature>>
    find_basis(const protocol::file_order& order);
    void note(const protocol::file_order& order, const content_intake::outcome& outcome);
    /// Goes on with the marks, up to `deadline`; true when all are set.
    [[nodiscard]] result<bool> step_marks(const protocol::receive_marks& marks,
                                          clock::time_point deadline);
    /// Goes on with the end of the run; true when `received` is final.
    [[nodiscard]] result<bool> step_finish(clock::time_point deadline);
    [[nodiscard]] const protocol::run_received& received() const { return received_; }

  private:
    result<> open();
    result<> set_marks(const protocol::receive_marks& marks);
    result<bool> step_publish(clock::time_point deadline);
    result<> leave();

    // Declared in this order: temporary files go before the directory that holds them.
    const agent_context* context_ = nullptr;
    std::string home_;
    protocol::receive_begin begin_;
    std::unique_ptr<run_arrival> arrival_;
    std::unique_ptr<destination> package_;
    std::optional<tree_intake> tree_;                   // nothing: what comes is dropped
    std::size_t removed_ = 0;                           // paths of the marks
    std::vector<protocol::file_entry> own_directories_; // around the incoming files
    protocol::run_received received_;
};

} // namespace outrider::agent
