#pragma once

#include "engine/protocol/packet.hpp"
#include "engine/protocol/sync_messages.hpp"
#include "engine/remotes/agent_client.hpp"
#include "engine/sync/copy_plan.hpp"
#include "engine/sync/transfer_slots.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace outrider {

/// The two agents between which files travel. One may serve as both.
struct transfer_ends {
    std::shared_ptr<agent_client> from;
    std::shared_ptr<agent_client> to;
};

/// What one run of a transfer gets, in this order.
struct run_section {
    protocol::receive_begin begin;
    planned_orders files; ///< numbers are given on sending
    planned_orders attributes;
    protocol::receive_marks marks;
    planned_orders last; ///< after the markers
};

/// What is sent to both ends at the start, and the runs; or the files of a package, in one section
/// of which only `files` counts.
struct transfer_request {
    protocol::send_runs send;
    protocol::receive_runs receive;
    std::vector<run_section> runs;
};

/// What is told while it lasts.
struct transfer_observer {
    std::function<void(const std::string& run_id)> begun; ///< its orders are being sent
    std::function<void(const protocol::transfer_ack&)> progressed;
    std::function<void(const protocol::run_received&)> received;
};

struct transfer_totals {
    protocol::receive_totals received;
    std::int64_t sent_bytes = 0; ///< of content, that travelled
};

/// Copies: gives both ends their orders, passes content on to the receiver and signatures to the
/// sender, and keeps as much on its way as the link can carry and the slot's memory allows. Ends
/// when the receiver has confirmed everything, or with the first failure of either end.
[[nodiscard]] awaitable<result<transfer_totals>> transfer(transfer_ends ends, transfer_request what,
                                                          transfer_observer observer,
                                                          transfer_slots& slots);

} // namespace outrider
