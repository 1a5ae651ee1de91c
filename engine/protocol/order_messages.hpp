#pragma once

#include "engine/protocol/messages.hpp"

/// The runs of a home in their order, without their facts: enough for indexes, ids and operations.
namespace outrider::protocol {

/// A part of the reply to `order_runs`: at most 2000 runs.
struct ordered_batch {
    static constexpr std::string_view name = "ordered_batch";
    std::vector<std::string> ids;
    std::vector<std::string> oprefs;    ///< those of this batch, each once
    std::vector<std::int64_t> opref_of; ///< for each id its place in `oprefs`
};
BOOST_DESCRIBE_STRUCT(ordered_batch, (), (ids, oprefs, opref_of))

struct order_reply {
    std::string home;       ///< absolute
    std::int64_t total = 0; ///< runs there
};
BOOST_DESCRIBE_STRUCT(order_reply, (), (home, total))
/// Lists ids and oprefs of the runs of a home in the order of `list_runs`. Nothing is judged.
struct order_runs {
    using reply = order_reply;
    static constexpr std::string_view name = "order_runs";
    std::string home;
    bool trash = false; ///< list trash/runs instead of runs
};
BOOST_DESCRIBE_STRUCT(order_runs, (), (home, trash))

} // namespace outrider::protocol
