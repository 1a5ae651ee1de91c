#pragma once

#include "engine/api/compare_commands.hpp"
#include "engine/api/compare_events.hpp"
#include "engine/commands/choosing/run_columns.hpp"
#include "engine/protocol/scalar_messages.hpp"

#include <boost/json/object.hpp>

#include <set>
#include <string>
#include <vector>

namespace outrider {

/// A run that is compared.
struct comparable_run {
    run_detail detail; ///< its row, scalars and logged attributes; flags stand beside it
    protocol::run_facts facts;
    boost::json::object flags;
    std::vector<run_column> columns; ///< of its operation

    /// Makes what a listing told.
    [[nodiscard]] static comparable_run of(protocol::run_facts facts);
    /// Adds what it logged.
    void add(protocol::run_scalars logged);
};

/// The attributes that every comparison needs.
[[nodiscard]] std::vector<std::string> comparison_attributes();
/// Those that columns name and that are files of the run.
[[nodiscard]] std::set<std::string> attributes_in(const std::vector<run_column>& columns);

/// The columns of an operation that says nothing about it: flags, logged attributes, and the last
/// values of scalars with the step of them. Those of the system only if `all_scalars`.
[[nodiscard]] std::vector<run_column> usual_columns(const comparable_run& run, bool all_scalars);

/// The table: core columns, those of the runs' operations, those that the person adds; each heading
/// once; sorted, and cut. Pure.
[[nodiscard]] runs_compared comparison_of(const std::vector<comparable_run>& runs,
                                          const std::vector<run_column>& added,
                                          const compare_command& how);

} // namespace outrider
